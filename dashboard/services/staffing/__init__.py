"""Forecasts, people needed, rosters, events and what-ifs."""
