"""The domain: canonical tables, business time, facts, metrics. Frames in, frames out; no files, no SQL, no clock."""
