"""Salesforce Service Cloud: cases by their last change through queries that also tell what was deleted, and history.

A query's pages are one picture of the data, so that they may be turned; a deleted case that was merged into another
stays as merged.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from loaders.live.caller import Caller
from loaders.live.canonical import canonical
from loaders.live.page import Asked, Kind, Page, Record, Settings, State, flat
from loaders.live.tokens import Granted
from loaders.live.window import Window
from metrics.words import N_

NAME = "salesforce"
ROOT = "/services/data/v60.0"
BEGIN = datetime(2000, 1, 1, tzinfo=UTC)
FIELDS = (
    "Id", "CaseNumber", "Subject", "Status", "Priority", "Type", "Origin", "Reason", "CreatedDate", "ClosedDate",
    "LastModifiedDate", "SystemModstamp", "IsClosed", "IsEscalated", "IsDeleted", "MasterRecordId", "ContactId",
    "OwnerId", "Owner.Name",
)  # fmt: skip
_HISTORY = {"Status": "status", "Priority": "priority", "Owner": "agent"}


def pages(caller: Caller, settings: Settings, state: State) -> Iterator[Page]:
    """Cases that changed or were deleted, then what changed in them."""
    del settings
    told = dict(state)
    for fresh, window in _changed(caller, Window.of(told.get("cases")), "Case", FIELDS, "SystemModstamp"):
        told["cases"] = window.to_state()
        rows = [_case(one) for one in fresh if not _is_gone(one)]
        yield Page(dict(told), {"tickets": rows}, frozenset(str(one["Id"]) for one in fresh if _is_gone(one)))
    wanted = ("Id", "CaseId", "Field", "OldValue", "NewValue", "CreatedDate", "CreatedBy.Name")
    for fresh, window in _changed(caller, Window.of(told.get("history")), "CaseHistory", wanted, "CreatedDate"):
        told["history"] = window.to_state()
        yield Page(dict(told), {"changes": [row for one in fresh for row in _change(one)]})


def _changed(
    caller: Caller, window: Window, table: str, fields: tuple[str, ...], at: str
) -> Iterator[tuple[list[Record], Window]]:
    """New rows in the order of their stamps, page by page of one query."""
    since = (window.since or BEGIN).strftime("%Y-%m-%dT%H:%M:%SZ")
    asked = f"SELECT {', '.join(fields)} FROM {table} WHERE {at} >= {since} ORDER BY {at}, Id"
    told = caller.get(f"{ROOT}/queryAll", q=asked)
    while True:
        if not isinstance(told, dict) or not isinstance(told.get("records"), list):
            caller.misread(f"{ROOT}/queryAll", "records")
        fresh = window.unseen(told["records"], id="Id", at=at)
        if fresh:
            window = window.after(fresh, id="Id", at=at)
            yield fresh, window
        if told.get("done", True):
            return
        told = caller.get(str(told["nextRecordsUrl"]))


def _is_gone(one: Record) -> bool:
    return bool(one.get("IsDeleted")) and not one.get("MasterRecordId")


def _case(one: Record) -> dict[str, Any]:
    row = flat({name: value for name, value in one.items() if name != "attributes"}, without=("Owner.attributes",))
    row = {name: value for name, value in row.items() if ".attributes" not in name}
    return (
        row | {"merged_into": one.get("MasterRecordId")} | ({"Status": "merged"} if one.get("MasterRecordId") else {})
    )


def _change(one: Record) -> Iterator[Record]:
    """Changes of an owner come twice, with names and with numbers; numbers begin with what kind of record they are."""
    field, new = _HISTORY.get(str(one.get("Field"))), one.get("NewValue")
    if field is None or (field == "agent" and str(new).startswith(("005", "00G"))):
        return
    said = (lambda value: value) if field == "agent" else (lambda value: canonical(NAME, field, value))
    yield {"ticket_id": one["CaseId"], "at": one["CreatedDate"], "sequence": crc32(str(one["Id"]).encode()),
           "field": field, "from_value": said(one.get("OldValue")), "to_value": said(new),
           "by": (one.get("CreatedBy") or {}).get("Name")}  # fmt: skip


def connect(settings: Settings, secret: str) -> Caller:
    form = {"grant_type": "client_credentials", "client_id": settings["client"], "client_secret": secret}
    return Caller(settings["address"], auth=Granted(f"{settings['address'].rstrip('/')}/services/oauth2/token", form))


KIND = Kind(
    name=NAME,
    label="Salesforce Service Cloud",
    asked=(
        Asked("address", N_("Address"), "https://….my.salesforce.com"),
        Asked("client", N_("Consumer key of the connected app (client credentials)"), "3MVG9…"),
    ),
    secret=N_("Consumer secret"),
    connect=connect,
    pages=pages,
    parts=("tickets", "changes"),
    tells_deleted=True,
)
