"""One row per channel, team or type: a dot at the median, a line to the ninetieth percentile, targets beside."""

import math
from collections.abc import Mapping, Sequence

import polars as pl

from dashboard.charts.axes import LEAST, log_durations, titled
from dashboard.charts.distribution import Line
from dashboard.charts.drawing import Chart, Drawing
from dashboard.charts.notes import row_notes
from dashboard.charts.style import LIMIT, QUIET, WITHIN, added, framed, shown
from dashboard.format import NOTHING, count, duration, value_name
from dashboard.format import dimension as name_of
from dashboard.wording import _, share

ROWS_AT_MOST = 25
ROW_HEIGHT = 30


def spread(rows: pl.DataFrame, *, dimension: str, line: Line, targets: Mapping[str | None, float]) -> Chart:
    """A dot-and-range chart of `value`, `p50`, `p90` (seconds), `n`, `share` (within target) and `enough` (n is).

    At most 25 rows are drawn, those with the most tickets; a row with too few is grey and is not to be ranked.
    *targets*: value -> seconds promised, drawn as a diamond.
    """
    kept = rows.sort("n", descending=True).head(ROWS_AT_MOST).sort("p50", descending=True, nulls_last=False)
    names = [shown(value_name(dimension, value)) for value in kept["value"]]
    figure = Drawing()
    _ranges(figure, kept, names, targets)
    seconds = [*kept["p50"], *kept["p90"], *targets.values(), line.seconds]
    figure.update_xaxes(**log_durations(seconds), title=titled(_("time waited")))
    figure.update_yaxes(
        tickvals=list(range(kept.height)), ticktext=names, range=[-0.6, kept.height - 0.4],
        title=titled(name_of(dimension)),
    )  # fmt: skip
    figure.add_vline(x=line.seconds, line={"color": LIMIT, "width": 2})
    figure.add_annotation(
        x=math.log10(line.seconds), y=1, yref="paper", yanchor="bottom", text=line.label, showarrow=False,
        font={"color": LIMIT, "size": 11},
    )  # fmt: skip
    framed(figure, height=80 + ROW_HEIGHT * max(kept.height, 2))
    figure.update_xaxes(showgrid=True)
    figure.update_yaxes(showgrid=False)
    return row_notes(figure, _notes(kept)).made()


def _ranges(figure: Drawing, kept: pl.DataFrame, names: Sequence[str], targets: Mapping[str | None, float]) -> None:
    """Per row a line from the median to the ninetieth percentile, a dot, an end, and the target's diamond."""
    positions = list(range(kept.height))
    colours = [WITHIN if enough else QUIET for enough in kept["enough"]]
    hover = [_hover(name, row) for name, row in zip(names, kept.iter_rows(named=True), strict=True)]
    ends = kept.select("p50", "p90").iter_rows()
    added(
        figure,
        shapes=[
            {"type": "line", "x0": max(p50, LEAST), "x1": max(p90, LEAST), "y0": position, "y1": position, "xref": "x",
             "yref": "y", "line": {"color": colour, "width": 4}, "opacity": 0.45, "layer": "below"}
            for position, (p50, p90), colour in zip(positions, ends, colours, strict=True)
            if p50 is not None and p90 is not None
        ],
    )  # fmt: skip
    marks = {"customdata": [[value] for value in kept["value"]], "hovertext": hover, "hoverinfo": "text"}
    promised = [targets.get(value) for value in kept["value"]]
    diamond = {"size": 9, "symbol": "diamond-open", "color": LIMIT, "line": {"width": 1.5}}
    figure.add_scatter(x=promised, y=positions, mode="markers", name="target", marker=diamond, **marks)
    end = {"size": 11, "symbol": "line-ns", "color": colours, "line": {"width": 3, "color": colours}}
    figure.add_scatter(x=kept["p90"].clip(LEAST), y=positions, mode="markers", name="p90", marker=end, **marks)
    dot = {"size": 13, "color": colours, "line": {"width": 0}}
    figure.add_scatter(x=kept["p50"].clip(LEAST), y=positions, mode="markers", name="p50", marker=dot, **marks)


def _notes(kept: pl.DataFrame) -> list[str]:
    """Share within target and n, right of every row."""
    within = [
        share(value, digits=0) if value is not None and enough else NOTHING
        for value, enough in kept.select("share", "enough").iter_rows()
    ]
    return [f"{text} · {_('n = {n}', n=count(n))}" for text, n in zip(within, kept["n"], strict=True)]


def _hover(name: str, row: dict[str, object]) -> str:
    p50, p90, within = (value if isinstance(value, float) else None for value in (row["p50"], row["p90"], row["share"]))
    lines = [
        f"<b>{name}</b>",
        _("half within {wait}", wait=duration(p50)),
        _("nine of ten within {wait}", wait=duration(p90)),
        _("within target: {share}", share=NOTHING if within is None else share(within)),
        _("{n} answers", n=count(int(str(row["n"])))),
    ]
    return "<br>".join(lines if row["enough"] else [*lines, _("too few to compare")])
