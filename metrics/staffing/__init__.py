"""Staffing: what will come, how many people that needs in each interval, and what happens where there are fewer."""
