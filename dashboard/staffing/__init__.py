"""Planning of people on a desk: what is kept of a plan, how rosters are read, and what a plan says in sentences."""
