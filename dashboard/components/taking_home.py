"""What is taken home is made: the file or the picture that was chosen, told with its days, tickets and definition."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from secrets import token_hex

import streamlit as st

from dashboard import data, scope
from dashboard.charts.drawing import Chart
from dashboard.charts.picture import Format
from dashboard.components.definition import facts_of_definition
from dashboard.components.hand_out import hand_over
from dashboard.components.takeaway import Takeaway
from dashboard.format import count, dimension, listed, local, value_name
from dashboard.gate.paths import PLOTLY
from dashboard.metric_words import clock_name, label
from dashboard.navigation import LINES, Line
from dashboard.people.current import current_actor
from dashboard.privacy.masking import masked
from dashboard.reports.asked import days_in_words
from dashboard.reports.single import Handed
from dashboard.reports.writing import MEDIA_TYPE as XLSX
from dashboard.services.analysis.asks import as_command
from dashboard.services.analysis.exports import figures_file, figures_picture, tickets_file
from dashboard.services.reports.making import program
from dashboard.triage.now import now
from dashboard.wording import _
from metrics.catalog import METRICS, OWN, definition_key, own_metric
from metrics.model import Metric, Scope

MEDIA_TYPES: Mapping[str, str] = {"xlsx": XLSX, "csv": "text/csv"}


def hand_over_file(one: Takeaway, form: str) -> None:
    """Have the reader's browser fetch it as an Excel workbook or as text."""
    hand_over(partial(_file, one, form), f"{one.name}.{form}", MEDIA_TYPES[form])


def _file(one: Takeaway, form: str) -> bytes:
    made = tickets_file if one.of_tickets else figures_file
    return made(current_actor(), data.desk(), handed(one), "xlsx" if form == "xlsx" else "csv")


def picture_of(one: Takeaway, chart: Chart, form: Format) -> dict[str, object]:
    """What the browser needs to make the file."""
    made = figures_picture(current_actor(), data.desk(), handed(one), chart, form)
    words = {"busy": _("The picture is being made …"), "done": _("The picture is saved."),
             "failed": _("This browser could not make the picture. Choose another format.")}  # fmt: skip
    return {**made, "format": form, "file": f"{one.name}.{form}", "token": token_hex(8), "script": PLOTLY,
            "words": words}  # fmt: skip


def handed(one: Takeaway) -> Handed:
    """The same with all that is told of it, in the reader's language."""
    line, scopes = _line(), _scopes(one)
    told = [(_("Title"), one.title), *_about_page(line), *((_("Explanation"), note) for note in one.notes)]
    for asked in scopes:
        told += [(_("Days"), _days(asked)), *_filters(asked)]
    told += [*_about_figure(one), *_about_data(scopes)]
    told += [(_("The same figures at the command line"), as_command(ask)) for ask in one.asks]
    told += [(_("Made by"), f"{program()} · {local(now(), _zone())}")]
    in_short, about = " · ".join(_in_short(line, scopes)), tuple(dict.fromkeys(told))
    return Handed(one.name, one.title, one.figures, in_short, _definition(one), about)


def _line() -> Line | None:
    """The page of this session."""
    here = st.session_state.get(scope.PAGE)
    return next((line for line in LINES if line.url_path == here), None)


def _scopes(one: Takeaway) -> Sequence[Scope]:
    """What the numbers were asked for: by the card itself, else by the sidebar where the page listens to it."""
    if one.scopes or one.asks:
        return one.scopes or tuple(_different(ask.scope for ask in one.asks))
    line = _line()
    if line is None or line.scoped == "nothing" or not data.has_data():
        return ()
    asked = data.scope()
    return (asked if line.scoped == "period" else Scope(where=asked.where),)


def _different(scopes: Iterator[Scope]) -> Iterator[Scope]:
    seen = list[Scope]()
    for one in scopes:
        if one not in seen:
            seen.append(one)
            yield one


def _about_page(line: Line | None) -> Iterator[tuple[str, str]]:
    if line is not None:
        yield _("Page"), _(line.title)


def _days(asked: Scope) -> str:
    return _("all data") if asked.period is None else days_in_words(asked.period)


def _filters(asked: Scope) -> Iterator[tuple[str, str]]:
    for name, values in asked.where.items():
        yield dimension(name), masked(listed([value_name(name, value) for value in values]))


def _about_figure(one: Takeaway) -> Iterator[tuple[str, str]]:
    if text := _definition(one):
        yield _("Definition"), text
    figure = _declared(one)
    if figure is not None and data.has_data():
        found = facts_of_definition(figure, data.facts(), one.basis)
        yield from ((name, text) for name, text in found if text)


def _declared(one: Takeaway) -> Metric | None:
    """The figure of the catalogue that it shows, of tickets or of what the desk notes itself."""
    return own_metric(one.metric_id) if one.metric_id in OWN else METRICS.get(one.metric_id)


def _definition(one: Takeaway) -> str:
    figure = _declared(one)
    if figure is None:
        return one.definition
    clock = clock_name(figure)
    return f"{label(figure)}: {_(definition_key(figure))}{f' ({clock})' if clock else ''}"


def _about_data(scopes: Sequence[Scope]) -> Iterator[tuple[str, str]]:
    if not data.has_data():
        return
    sources = [value_name("source", name) for name in data.choices().values.get("source", ())]
    yield _("Data up to"), local(data.facts().as_of, _zone())
    yield _("Time zone"), _zone()
    yield _("Source"), listed(sources)
    if (shown := data.head()) is not None:
        yield _("Newest load"), str(shown.load)
    for asked in scopes[:1]:
        aside = data.figures(("tickets_set_aside",), asked)["value"][0]
        yield _("Tickets set aside (spam, duplicates, tests): in no figure"), count(int(aside or 0))


def _zone() -> str:
    return data.desk().zone() or "UTC"


def _in_short(line: Line | None, scopes: Sequence[Scope]) -> Iterator[str]:
    """Days, tickets and the state of the data on one line."""
    if line is not None:
        yield _(line.title)
    for asked in scopes:
        yield _days(asked)
    for asked in scopes[:1]:
        yield from ([f"{name}: {text}" for name, text in _filters(asked)] or [_("all tickets")])
    if data.has_data():
        yield _("times in {zone}", zone=_zone())
        yield f"{_('Data up to')} {local(data.facts().as_of, _zone())}"
