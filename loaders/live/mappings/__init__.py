"""How what connected systems answer is brought to the canonical tables: the tickets of each, and what all share."""
