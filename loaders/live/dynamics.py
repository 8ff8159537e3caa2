"""Microsoft Dynamics 365 Customer Service: cases by change tracking, which tells of deletions, too.

The state is the link that Dataverse hands out at the end; when it has expired, everything is read once more.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from loaders.live.caller import Caller
from loaders.live.errors import Misread
from loaders.live.page import Asked, Kind, Page, Record, Settings, State
from loaders.live.tokens import Granted
from metrics.words import N_

NAME = "dynamics"
PATH = "/api/data/v9.2/incidents"
FIELDS = (
    "incidentid", "ticketnumber", "title", "casetypecode", "caseorigincode", "prioritycode", "severitycode",
    "statecode", "statuscode", "createdon", "modifiedon", "isescalated", "escalatedon", "firstresponsesent",
    "onholdtime", "customersatisfactioncode", "_ownerid_value", "_customerid_value", "_parentcaseid_value",
    "_masterid_value",
)  # fmt: skip
_SAID = "@OData.Community.Display.V1.FormattedValue"
MERGED = "2000"
"""The status code of a case that was merged into another."""
EXPIRED = ("410", "0x80044352", "expired")


def pages(caller: Caller, settings: Settings, state: State) -> Iterator[Page]:
    """Cases that changed and numbers of those that were deleted, to the next link for changes."""
    del settings
    link = state.get("link")
    if link:
        try:
            yield from _from(caller, str(link))
            return
        except Misread as error:
            if not any(sign in str(error) for sign in EXPIRED):
                raise
    yield from _from(caller, f"{PATH}?$select={','.join(FIELDS)}")


def _from(caller: Caller, path: str) -> Iterator[Page]:
    headers = {"Prefer": 'odata.track-changes,odata.maxpagesize=1000,odata.include-annotations="*"',
               "OData-Version": "4.0", "OData-MaxVersion": "4.0"}  # fmt: skip
    while True:
        told = caller.ask("GET", path, headers=headers)
        if not isinstance(told, dict) or not isinstance(told.get("value"), list):
            caller.misread(PATH, "value")
        rows = [one for one in told["value"] if not _is_gone(one)]
        gone = frozenset(_number(one) for one in told["value"] if _is_gone(one))
        following = _own(caller, told.get("@odata.nextLink") or told.get("@odata.deltaLink"))
        if rows or gone:
            yield Page({"link": following}, {"tickets": [_row(one) for one in rows]}, gone)
        if not told.get("@odata.nextLink"):
            return
        path = following


def _own(caller: Caller, link: Any) -> str:
    """The link without the server's name, which has to be the one that was asked."""
    parts = urlsplit(str(link or ""))
    if not parts.path or (parts.netloc and parts.netloc != caller.host):
        caller.misread(PATH, "@odata.deltaLink")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _is_gone(one: Record) -> bool:
    return str(one.get("@odata.context", "")).endswith("$deletedEntity") or one.get("reason") == "deleted"


def _number(one: Record) -> str:
    return str(one.get("id") or one["incidentid"]).rpartition("(")[2].rstrip(")")


def _row(one: Record) -> dict[str, Any]:
    """Codes as they are, and what a person calls them beside; a case does not say when it was resolved."""
    told = {name: one.get(name) for name in FIELDS}
    names = {name.removesuffix(_SAID) + ".name": value for name, value in one.items() if name.endswith(_SAID)}
    merged = str(one.get("statuscode")) == MERGED
    state = "merged" if merged else one.get("statecode")
    return told | names | {"state": state, "merged_into": one.get("_masterid_value") if merged else None}


def connect(settings: Settings, secret: str) -> Caller:
    form = {"grant_type": "client_credentials", "client_id": settings["client"], "client_secret": secret,
            "scope": f"{settings['address'].rstrip('/')}/.default"}  # fmt: skip
    return Caller(settings["address"], auth=Granted(settings["accounts"], form))


KIND = Kind(
    name=NAME,
    label="Dynamics 365 Customer Service",
    asked=(
        Asked("address", N_("Address"), "https://….dynamics.com"),
        Asked(
            "accounts", N_("Address that gives out access tokens"), "https://….microsoftonline.com/…/oauth2/v2.0/token"
        ),
        Asked("client", N_("Client number (client_id)"), "00000000-…"),
    ),
    secret=N_("Client secret"),
    connect=connect,
    pages=pages,
    parts=("tickets",),
    tells_deleted=True,
)
