"""The running server: how it starts and opens, what it answers with, and what it does by itself."""
