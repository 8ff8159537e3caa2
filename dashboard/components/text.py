"""Text of the desk's data beside our own words: shown as it is, never as Markdown, HTML or a link."""

import re

SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&@/])")


def plain(text: str) -> str:
    """Text with every character that Markdown could read escaped, on one line."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))
