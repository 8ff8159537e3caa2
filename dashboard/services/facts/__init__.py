"""Facts and rollups: made once per state of a desk, month by month where it is large, kept and read again."""
