"""简道云: the rows of one form, those that changed since the last run, in the order of their numbers.

Fields are the form's own; they come under their titles, so that they are told by them or by a mapping as a file's are.
A deleted row leaves no trace in its changes; the list of all rows, which comes by number, tells that it is gone.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from loaders.live.caller import Caller
from loaders.live.page import Asked, Kind, Page, Record, Settings, State
from loaders.live.window import Window, swept
from metrics.words import N_

NAME = "jiandaoyun"
SIZE = 100
ROWS = "/api/v5/app/entry/data/list"
FIELDS = "/api/v5/app/entry/widget/list"
_SYSTEM = {
    "_id": "数据编号",
    "createTime": "创建时间",
    "updateTime": "更新时间",
    "creator": "提交人",
    "flowState": "流程状态",
}


def pages(caller: Caller, settings: Settings, state: State) -> Iterator[Page]:
    """Rows that changed; how far was read is kept when all of them have come, as they come by number."""
    form = {"app_id": settings["app"], "entry_id": settings["form"]}
    titles = _titles(caller, form)
    window = Window.of(state.get("rows"))
    for fresh, after in swept(window, _changed(caller, form, window), id="_id", at="updateTime"):
        yield Page({"rows": after.to_state()}, {"tickets": [_row(one, titles) for one in fresh]})


def listing(caller: Caller, settings: Settings, key: str) -> Iterator[Sequence[str]]:
    """The numbers of all rows, in the field of this title."""
    form = {"app_id": settings["app"], "entry_id": settings["form"]}
    titles = _titles(caller, form)
    for page in _changed(caller, form, Window()):
        yield [str(row[key]) for row in (_row(one, titles) for one in page) if row.get(key) is not None]


def _changed(caller: Caller, form: Record, window: Window) -> Iterator[list[Record]]:
    asked: dict[str, Any] = {**form, "limit": SIZE}
    if window.since is not None:
        since = window.since.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        later = {"field": "updateTime", "type": "datetime", "method": "range", "value": [since, None]}
        asked["filter"] = {"rel": "and", "cond": [later]}
    while True:
        found = _list(caller, ROWS, asked, "data")
        yield found
        if len(found) < SIZE:
            return
        asked["data_id"] = found[-1]["_id"]


def _titles(caller: Caller, form: Record) -> dict[str, str]:
    """Name of a field -> its title; of equal titles the first has it, the others are numbered."""
    titles, taken = dict(_SYSTEM), set(_SYSTEM.values())
    for field in _list(caller, FIELDS, dict(form), "widgets"):
        name, title, number = str(field["name"]), str(field.get("label") or field["name"]), 2
        while title in taken:
            title, number = f"{field.get('label')} {number}", number + 1
        taken.add(title)
        titles[name] = title
    return titles


def _row(one: Record, titles: dict[str, str]) -> dict[str, Any]:
    return {titles[name]: _said(value) for name, value in one.items() if name in titles}


def _said(value: Any) -> Any:
    """People and departments by their names; several values side by side."""
    if isinstance(value, dict):
        return value.get("name") or value.get("value")
    if isinstance(value, list) and not any(isinstance(one, dict) and "name" not in one for one in value):
        return ", ".join(str(_said(one)) for one in value) or None
    return value


def _list(caller: Caller, path: str, asked: Record, key: str) -> list[Record]:
    told = caller.post(path, asked)
    if not isinstance(told, dict) or not isinstance(told.get(key), list):
        caller.misread(path, key)
    found: list[Record] = told[key]
    return found


def connect(settings: Settings, secret: str) -> Caller:
    return Caller(settings["address"], headers={"Authorization": f"Bearer {secret}"})


KIND = Kind(
    name=NAME,
    label="简道云",
    asked=(
        Asked("address", N_("Address"), "https://….jiandaoyun.com"),
        Asked("app", N_("Number of the application (app_id)"), "5f…"),
        Asked("form", N_("Number of the form (entry_id)"), "5f…"),
        Asked("mapping", N_("Mapping as TOML; left empty, the columns are told by their names"), is_required=False,
              is_long=True),
    ),
    secret=N_("API key"),
    connect=connect,
    pages=pages,
    parts=("tickets",),
    listing=listing,
)  # fmt: skip
