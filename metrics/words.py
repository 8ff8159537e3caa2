"""Marks a string as one that people read, so that the catalogue test finds it where no catalogue may be imported."""


def N_(text: str) -> str:
    """Return *text* unchanged; the extraction of catalogue entries looks for calls of this name."""
    return text
