"""The parts of triage, of the stand-up meeting and of the wallboard."""
