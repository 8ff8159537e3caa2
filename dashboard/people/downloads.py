"""Files on their way to the one person they were made for: kept for minutes, handed out once."""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people.actor import Actor
from dashboard.people.denials import note_denial
from dashboard.people.sessions import hash_of
from dashboard.store import Download

LASTS = timedelta(minutes=5)
KEPT = timedelta(days=1)
"""How long the table remembers that there was a file; the audit remembers for longer."""
FOLDER = "downloads"


@dataclass(frozen=True)
class Parcel:
    """A file that is handed out now; who sends it deletes it."""

    path: Path
    file_name: str
    media_type: str


def keep(actor: Actor, desk: Desk, content: bytes, *, file_name: str, media_type: str) -> str:
    """Keep a file that this person was allowed to have; the token by which he alone fetches it, once."""
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    folder = desk.root / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    name = secrets.token_hex(16)
    with open(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    with desk.keeping() as session:
        clear(session, desk, now)
        session.add(
            Download(
                token=hash_of(token), person_id=actor.id, made_at=now, expires_at=now + LASTS, taken_at=None,
                file=name, file_name=file_name[:300], media_type=media_type,
            )
        )  # fmt: skip
    return token


def take(actor: Actor, desk: Desk, token: str) -> Parcel | None:
    """The file of this token, where it is this person's, still there and was not fetched before."""
    now = datetime.now(UTC)
    with desk.keeping() as session:
        row = session.scalars(select(Download).where(Download.token == hash_of(token))).first()
        if row is None or row.taken_at is not None or row.expires_at <= now:
            return None
        if is_own := row.person_id == actor.id:
            row.taken_at = now
        path, file_name, media_type, number = desk.root / FOLDER / row.file, row.file_name, row.media_type, row.id
    if not is_own:
        note_denial(desk, actor, "download", f"download:{number}")
        return None
    return Parcel(path, file_name, media_type) if path.is_file() else None


def clear(session: Session, desk: Desk, now: datetime) -> None:
    """Delete the files that nobody fetched in time, and what is long past from the table."""
    for row in session.scalars(select(Download).where(Download.expires_at <= now)).all():
        if row.taken_at is None:
            row.taken_at = now
        with suppress(OSError):
            (desk.root / FOLDER / row.file).unlink()
        if row.made_at < now - KEPT:
            session.delete(row)
