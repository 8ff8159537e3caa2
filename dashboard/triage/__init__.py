"""Escalated tickets: their states, clocks, order and words. Services read and write them."""
