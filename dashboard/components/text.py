"""Text of the desk's data beside our own words: shown as it is, never as Markdown, HTML or a link."""

import re

SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&@/])")
ADDRESS = re.compile(r"(?<=http:)(?=//)|(?<=https:)(?=//)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
"""Where an address begins: pages make links of addresses after all escapes are resolved."""
JOINER = "\u2060"
"""Takes no room and breaks no line, but an address with it is none."""


def plain(text: str) -> str:
    """Text with every character that Markdown could read escaped, on one line; an address in it is no link."""
    return SPECIAL.sub(r"\\\1", ADDRESS.sub(JOINER, " ".join(text.split())))
