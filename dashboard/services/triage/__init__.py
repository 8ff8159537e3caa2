"""Escalated tickets: rules, queue, acts, reminders, and the stand-ups over them."""
