"""The names of accounts: one form for all ways to type them."""

import unicodedata


def folded(account: str) -> str:
    """An account's name as it is kept and compared: one keyboard's full-width letters are another's plain ones."""
    return unicodedata.normalize("NFKC", account).strip().casefold()
