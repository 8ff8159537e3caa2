"""Messages: 微信客服 by the answer of its interface sync_msg, Zendesk's comments as a connector's table."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tests.loaders.sources.truth import AGENTS, Ticket, epoch, tickets

FOLDER = Path(__file__).parent
KINDS = {"customer": 3, "system": 4, "agent": 5}


@dataclass(frozen=True)
class Message:
    """One message of a conversation."""

    number: int
    ticket: Ticket
    at: datetime
    kind: str
    public: bool = True

    @property
    def text(self) -> str:
        return f"{'Question' if self.kind == 'customer' else 'Answer'} {self.number}"


def messages() -> list[Message]:
    """The first customer of each ticket asks, waits, is answered, thanks; one note inside is for nobody outside."""
    seen: dict[int, Ticket] = {}
    for one in tickets():
        seen.setdefault(one.customer, one)
    found: list[Message] = []
    for one in seen.values():
        answered = one.answered
        found.append(Message(len(found), one, one.created, "customer"))
        found.append(Message(len(found), one, one.created + timedelta(seconds=1), "system"))
        if answered is not None:
            found.append(Message(len(found), one, answered - timedelta(seconds=30), "agent", public=False))
            found.append(Message(len(found), one, answered, "agent"))
            found.append(Message(len(found), one, answered + timedelta(minutes=5), "customer"))
    return found


def wecom() -> str:
    """`msg_list` as the interface gives it; what is inside only and what the system says is an event there."""
    listed = []
    for one in messages():
        if not one.public:
            continue
        row: dict[str, object] = {
            "msgid": f"m{one.number:04d}", "open_kfid": "wk1", "external_userid": f"wm{one.ticket.customer}",
            "send_time": epoch(one.at), "origin": KINDS[one.kind], "msgtype": "text", "text": {"content": one.text},
        }  # fmt: skip
        if one.kind == "agent":
            row["servicer_userid"] = one.ticket.agent
        listed.append(row)
    listed.append(
        {"msgtype": "event", "event": {"event_type": "enter_session"}, "origin": 4, "send_time": 1_772_500_000}
    )
    return json.dumps(
        {"errcode": 0, "next_cursor": "c1", "has_more": 0, "msg_list": listed}, ensure_ascii=False, indent=1
    )


def comments() -> str:
    """A table of comments; authors are numbers, the note is not public."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["id", "body", "created", "facebook_comment", "public", "ticket_id", "tweet", "user_id", "voice_comment"]
    )
    for one in messages():
        author = one.ticket.customer if one.kind == "customer" else 90 + AGENTS.index(one.ticket.agent or AGENTS[0])
        shown = str(one.public).upper()
        stamp = f"{one.at:%Y-%m-%d %H:%M:%S}"
        writer.writerow(
            [5000 + one.number, one.text, stamp, "FALSE", shown, 7000 + one.ticket.number, "FALSE", author, "FALSE"]
        )
    return out.getvalue()


FILES = {"wecom/messages.json": wecom, "zendesk/comments.csv": comments}


def write() -> None:
    for name, content in FILES.items():
        (FOLDER / name).write_text(content(), encoding="utf-8")
