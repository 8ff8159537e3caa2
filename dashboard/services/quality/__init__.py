"""Spot-checks: plans, draws, reviews, disputes, calibration, corrections, and what comes of them."""
