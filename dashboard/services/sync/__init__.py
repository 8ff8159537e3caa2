"""Reading connected systems, watched folders and what is pushed."""
