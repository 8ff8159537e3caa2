"""Spot-checks: plans and draws, scorecards and reviews, disputes, calibration, corrections."""
