"""Spot-checks: which conversations are read, how they are scored, what that says of all, how far readers agree."""
