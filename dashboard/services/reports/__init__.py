"""Workbooks: made, kept, fetched, held against the desk again."""
