"""Where people are missing: a field per day and interval, its sign beside its colour; a day's need in layers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.charts.axes import titled
from dashboard.charts.drawing import Chart, Drawing, Properties, trace
from dashboard.charts.style import GRID, LEVELS, LIMIT, WITHIN, framed
from dashboard.format import NOTHING, count, weekday_and_day
from dashboard.wording import _, number, share

SHORT_FROM, FULL_AT = 0.5, 0.4
"""From half a person on is short; where so large a part of the need is missing, the colour is at its strongest."""
GAPS = ((0.0, "rgba(59,125,189,0.55)"), (0.5, "rgba(132,146,163,0.10)"), (1.0, "rgba(224,138,46,0.95)"))
"""Blue: people over · grey: enough · orange: people short. Each field says it by its sign too."""
ROW_PIXELS = 30
LEAST_HEIGHT = 150
LAYERS = ("base", "with_cap", "with_reserve", "required")


@dataclass(frozen=True)
class Field:
    """One interval: `at` is its local start (HH:MM), custom what a click gives; required None where it is closed."""

    day: date
    at: str
    required: int | None
    rostered: float | None
    service: float | None
    custom: tuple[object, ...]

    @property
    def gap(self) -> float | None:
        return None if self.required is None or self.rostered is None else self.required - self.rostered


def sign_of(field: Field) -> str:
    """What a field says: ▲ and the people missing, ▽ people over, nothing where it is enough, ? no roster is known.

    In two lines, so that it fits the narrow fields of a phone.
    """
    gap = field.gap
    if field.required is None:
        return ""
    if gap is None:
        return "?"
    if gap >= SHORT_FROM:
        return f"▲<br>{max(1, round(gap))}"
    return "▽" if gap <= -1 else ""


def gap_map(fields: Sequence[Field], *, in_time: Callable[[date], str]) -> Chart:
    """A heat map of fields, days downwards; in_time: what a day's expected service is a share of, for the hover."""
    days = sorted({field.day for field in fields})
    times = sorted({field.at for field in fields})
    by_place = {(field.day, field.at): field for field in fields}
    names = {day: weekday_and_day(day) for day in days}
    grid = [[by_place.get((day, at)) for at in times] for day in days]
    drawn = Drawing(
        trace(
            "heatmap", x=times, y=[names[day] for day in days],
            z=[[_strength(field) for field in row] for row in grid],
            text=[["" if field is None else sign_of(field) for field in row] for row in grid],
            texttemplate="%{text}", hoverinfo="skip", zmin=-1, zmax=1,
            colorscale=[list(stop) for stop in GAPS], showscale=False, xgap=1, ygap=2,
        )
    )  # fmt: skip
    # A heat map cannot be selected by clicking: an invisible mark on every field takes the click.
    open_ones = [field for field in fields if field.required is not None]
    drawn.add_scatter(
        x=[field.at for field in open_ones], y=[names[field.day] for field in open_ones], mode="markers",
        marker={"size": 16, "color": "rgba(0,0,0,0.004)", "symbol": "square", "line": {"width": 0}},
        customdata=[list(field.custom) for field in open_ones],
        hovertext=[_hover(field, names[field.day], in_time(field.day)) for field in open_ones], hoverinfo="text",
    )  # fmt: skip
    labels = [names[day] for day in days]
    drawn.update_yaxes(autorange="reversed", showgrid=False, type="category", categoryarray=labels)
    drawn.update_xaxes(showgrid=False, type="category", categoryarray=times, linecolor=GRID,
                       title=titled(_("start of the interval")))  # fmt: skip
    return framed(drawn, height=max(LEAST_HEIGHT, 90 + ROW_PIXELS * len(days))).made()


def _strength(field: Field | None) -> float | None:
    if field is None or field.gap is None or field.required is None:
        return None
    return max(-1.0, min(1.0, field.gap / (max(field.required, 1) * FULL_AT)))


def _hover(field: Field, day: str, in_time: str) -> str:
    need = _("{required} needed, {rostered} on the roster", required=count(field.required),
             rostered=NOTHING if field.rostered is None else number(field.rostered, digits=1))  # fmt: skip
    lines = [f"<b>{day} {field.at}</b>", need]
    if field.service is not None and field.rostered is not None:
        told = _("{share} {in_time}", share=share(field.service, digits=0), in_time=in_time)
        lines.append(_("expected {met}", met=told))
    return "<br>".join(lines)


@dataclass(frozen=True)
class Layers:
    """One interval of a day: people for the service goal, for the cap, the reserve, absences, and who is there."""

    at: str
    base: float
    with_cap: float
    with_reserve: float
    required: int
    rostered: float | None


def day_layers(rows: Sequence[Layers]) -> Chart:
    """A day's need, each buffer a layer of its bar, with the roster as a stepped line."""
    drawn = Drawing()
    names = (_("for the service goal"), _("for the occupancy cap"), _("reserve"),
             _("absence (shrinkage), up to whole people"))  # fmt: skip
    colours = (WITHIN, LEVELS["p75"], LEVELS["p90"], LEVELS["p95"])
    below = [0.0] * len(rows)
    for layer, name, colour in zip(LAYERS, names, colours, strict=True):
        tops = [float(getattr(row, layer)) for row in rows]
        drawn.add_trace(_bars(rows, [top - low for top, low in zip(tops, below, strict=True)], name, colour))
        below = tops
    if any(row.rostered is not None for row in rows):
        drawn.add_scatter(
            x=[row.at for row in rows], y=[row.rostered for row in rows], mode="lines", name=_("on the roster"),
            line={"color": LIMIT, "width": 2, "shape": "hvh"}, hoverinfo="skip",
        )  # fmt: skip
    drawn.update_layout(barmode="stack", bargap=0.15)
    drawn.update_yaxes(title=titled(_("people")), rangemode="tozero")
    drawn.update_xaxes(type="category", title=titled(_("start of the interval")), linecolor=GRID)
    return framed(drawn, height=320, legend=True).made()


def _people(many: float) -> str:
    return number(many, digits=0 if many % 1 < 0.05 else 1)


def _bars(rows: Sequence[Layers], heights: Sequence[float], name: str, colour: str) -> Properties:
    hover = [
        "<br>".join(
            (f"<b>{row.at}</b>", _("{required} needed, {rostered} on the roster", required=count(row.required),
             rostered=NOTHING if row.rostered is None else number(row.rostered, digits=1)),
             _("{base} for the goal, {cap} with the cap, {reserve} with the reserve", base=_people(row.base),
               cap=_people(row.with_cap), reserve=_people(row.with_reserve)))
        )
        for row in rows
    ]  # fmt: skip
    return trace("bar", x=[row.at for row in rows], y=list(heights), name=name, hovertext=hover, hoverinfo="text",
                 marker={"color": colour, "line": {"width": 0}})  # fmt: skip
