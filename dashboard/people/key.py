"""The desk's own key: it lies in the folder, not in the database, so that who reads one of them cannot forge."""

import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path

from dashboard.desk import Desk

FILE = "key"
BYTES = 32


def keyed(desk: Desk, purpose: str, text: str) -> str:
    """A hash that only this desk can make; the same text has another one for every purpose."""
    return hmac.new(_key_in(str(desk.root)), f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Compare in a time that tells nothing."""
    return hmac.compare_digest(one.encode(), other.encode())


@lru_cache(maxsize=8)
def _key_in(root: str) -> bytes:
    path = Path(root) / FILE
    if not path.is_file():
        _make(path)
    return bytes.fromhex(path.read_text(encoding="ascii"))


def _make(path: Path) -> None:
    """Write a new key for its owner's eyes only, whole or not at all; of two processes one wins."""
    draft = path.with_name(f"{FILE}.{secrets.token_hex(8)}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_hex(BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
