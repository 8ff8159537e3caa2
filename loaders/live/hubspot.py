"""HubSpot Service Hub: tickets by their last change through the search, and those that were archived.

The search gives no more than 10,000 rows of one question, so that pages are asked for by the last stamp.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from loaders.live.caller import Caller
from loaders.live.errors import NotFound
from loaders.live.page import Asked, Kind, Page, Record, Settings, State
from loaders.live.window import Window, ascending, swept
from metrics.words import N_

NAME = "hubspot"
SIZE = 100
BEGIN = datetime(2010, 1, 1, tzinfo=UTC)
SEARCH = "/crm/v3/objects/tickets/search"
LIST = "/crm/v3/objects/tickets"
PROPERTIES = (
    "subject", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_category", "hs_ticket_priority", "source_type",
    "hubspot_owner_id", "hubspot_team_id", "createdate", "closed_date", "hs_lastmodifieddate", "first_agent_reply_date",
    "time_to_close", "time_to_first_agent_reply", "hs_is_closed", "hs_last_csat_rating", "hs_ticket_reopened_at",
    "hs_time_to_first_response_sla_status", "hs_time_to_close_sla_status", "hs_merged_object_ids",
)  # fmt: skip


def pages(caller: Caller, settings: Settings, state: State) -> Iterator[Page]:
    """Tickets that changed, with those that were merged into them, then those that were archived."""
    del settings
    told, stages, owners = dict(state), _stages(caller), _owners(caller)

    def tickets(since: datetime | None, number: int) -> Sequence[Record]:
        at = int((since or BEGIN).timestamp() * 1000)
        later = {"propertyName": "hs_lastmodifieddate", "operator": "GTE", "value": str(at)}
        sort = {"propertyName": "hs_lastmodifieddate", "direction": "ASCENDING"}
        asked = {"filterGroups": [{"filters": [later]}], "sorts": [sort], "properties": PROPERTIES, "limit": SIZE}
        found = caller.post(SEARCH, {**asked, "after": str((number - 1) * SIZE)})
        return [_row(one, stages, owners) for one in _results(caller, SEARCH, found)]

    window = Window.of(told.get("tickets"))
    for fresh, after in ascending(window, tickets, id="id", at="hs_lastmodifieddate", size=SIZE):
        told["tickets"] = after.to_state()
        into = {number: str(one["id"]) for one in fresh for number in _merged_into(one)}
        yield Page(dict(told), {"tickets": fresh}, frozenset(into), into)
    for fresh, after in swept(Window.of(told.get("gone")), _listed(caller, archived="true"), id="id", at="archivedAt"):
        told["gone"] = after.to_state()
        yield Page(dict(told), gone=frozenset(str(one["id"]) for one in fresh))


def _merged_into(survivor: Record) -> list[str]:
    """The tickets that were merged into this one: they are gone without being archived."""
    return [number for number in str(survivor.get("hs_merged_object_ids") or "").split(";") if number.strip()]


def listing(caller: Caller, settings: Settings, key: str) -> Iterator[Sequence[str]]:
    """The numbers of all tickets that are neither archived nor merged away."""
    del settings
    for page in _listed(caller, archived="false"):
        yield [str(one[key]) for one in page]


def is_there(caller: Caller, settings: Settings, number: str) -> bool:
    """Whether it is there under its own number: for a merged one its survivor is answered."""
    del settings
    try:
        return str(caller.get(f"{LIST}/{quote(number, safe='')}").get("id")) == number
    except NotFound:
        return False


def _listed(caller: Caller, *, archived: str) -> Iterator[list[Record]]:
    after = None
    while True:
        found = caller.get(LIST, archived=archived, limit=SIZE, after=after)
        yield _results(caller, LIST, found)
        after = ((found.get("paging") or {}).get("next") or {}).get("after")
        if not after:
            return


def _row(one: Record, stages: dict[str, dict[str, str]], owners: dict[str, str]) -> dict[str, Any]:
    told = dict(one["properties"])
    stage = stages.get(str(told.get("hs_pipeline_stage")), {})
    owner = told.get("hubspot_owner_id")
    return {"id": one["id"], **told, "stage": stage.get("label"), "state": stage.get("state"),
            "owner": owners.get(str(owner), owner)}  # fmt: skip


def _stages(caller: Caller) -> dict[str, dict[str, str]]:
    """Stage -> what a person calls it, and whether it is open or closed; `pending` by the name of HubSpot's own."""
    found = {}
    for pipeline in _results(caller, "/crm/v3/pipelines/tickets", caller.get("/crm/v3/pipelines/tickets")):
        for place, stage in enumerate(pipeline["stages"]):
            is_closed = (stage.get("metadata") or {}).get("ticketState") == "CLOSED"
            state = "closed" if is_closed else "new" if place == 0 else _open(str(stage["label"]))
            found[str(stage["id"])] = {"label": str(stage["label"]), "state": state}
    return found


def _open(label: str) -> str:
    return "pending" if label.casefold() in ("waiting on contact", "等待联系人", "等待客户") else "open"


def _owners(caller: Caller) -> dict[str, str]:
    found, after, path = {}, None, "/crm/v3/owners"
    while True:
        told = caller.get(path, limit=SIZE, after=after)
        for one in _results(caller, path, told):
            name = " ".join(filter(None, (one.get("firstName"), one.get("lastName")))) or one.get("email")
            found[str(one["id"])] = str(name or one["id"])
        after = ((told.get("paging") or {}).get("next") or {}).get("after")
        if not after:
            return found


def _results(caller: Caller, path: str, told: Any) -> list[Record]:
    if not isinstance(told, dict) or not isinstance(told.get("results"), list):
        caller.misread(path, "results")
    results: list[Record] = told["results"]
    return results


def connect(settings: Settings, secret: str) -> Caller:
    return Caller(settings["address"], headers={"Authorization": f"Bearer {secret}"})


KIND = Kind(
    name=NAME,
    label="HubSpot Service Hub",
    asked=(Asked("address", N_("Address"), "https://….hubapi.com"),),
    secret=N_("Access token of a private app with the scope tickets"),
    connect=connect,
    pages=pages,
    parts=("tickets",),
    listing=listing,
    is_there=is_there,
    tells_deleted=True,
)
