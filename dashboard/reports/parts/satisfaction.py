"""Satisfaction: scores with how many answered at all, by channel, type and team, and what was said with low ones."""

import polars as pl

from dashboard.format import dimension
from dashboard.privacy.masking import masked_frame
from dashboard.reports.content import Content
from dashboard.reports.figures import by_dimension, course, figure_list
from dashboard.reports.model import Chart, Column, Sheet, Table
from dashboard.services.analysis.satisfaction import STARS, recent_low, stars
from dashboard.wording import _
from metrics.catalog import metric
from metrics.compute import rows_of_figure

FIGURES = ("ratings", "csat", "csat_mean", "csat_response_rate", "nps")


def satisfaction(content: Content) -> Sheet | None:
    """Everything about ratings; None where no source tells any."""
    ids = content.known(FIGURES)
    if "csat" not in ids:
        return None
    split = content.known(("csat", "csat_response_rate"))
    line = Chart("line", _("Satisfied, and how many answered"), "period", split)
    return Sheet("satisfaction", _("Satisfaction"), (
        figure_list(content, "satisfaction_figures", _("Figures"), ids), _stars(content),
        *(by_dimension(content, f"satisfaction_{by}", _("By {dimension}", dimension=dimension(by)), split, by,
                       bounds="csat") for by in ("channel", "type", "team")),
        course(content, "satisfaction_course", _("Over the days"), split, charts=(line,)),
    ))  # fmt: skip


def low_ratings(content: Content) -> Sheet | None:
    """The low ratings, where tickets may be listed."""
    if content.tickets is None or "csat" not in content.known(FIGURES):
        return None
    return Sheet("low_ratings", _("Low ratings"), (_low(content),))


def _stars(content: Content) -> Table:
    given = rows_of_figure(metric("ratings"), content.facts, content.scope, columns=["score5"]).filter(
        pl.col("score5").is_not_null()
    )
    counted = given.group_by(stars=stars(pl.col("score5"))).agg(n=pl.len().cast(pl.Int64))
    whole = pl.DataFrame({"stars": STARS}).join(counted, on="stars", how="left").with_columns(pl.col("n").fill_null(0))
    frame = whole.sort("stars", descending=True).with_columns(
        share=pl.when(pl.col("n").sum() > 0).then(pl.col("n") / pl.col("n").sum()),
        stars=pl.col("stars").cast(pl.String) + " ★",
    )
    columns = (Column("stars", _("Score")), Column("n", _("Ratings"), "count", is_barred=True),
               Column("share", _("Share"), "share"))  # fmt: skip
    chart = Chart("bar", _("Ratings by score"), "stars", ("n",))
    return Table("satisfaction_stars", _("Scores"), columns, frame, charts=(chart,), is_listed=False)


def _low(content: Content) -> Table:
    """The newest low ratings of tickets that the reader may open, with their comments masked."""
    found, keys = recent_low(content.facts, content.scope), ["source", "ticket_id"]
    reads = content.tickets.tickets.select(*keys) if content.tickets is not None else pl.DataFrame()
    rows = masked_frame(found.rows.join(reads, on=keys, how="semi", maintain_order="left"), ["comment"])
    columns = (
        Column("ticket_id", _("Ticket")), Column("rated_at", _("Rated"), "instant"),
        Column("score5", _("Score"), "number"),
        *(Column(name, dimension(name), "value", of=name) for name in ("channel", "type", "team")),
        Column("agent", dimension("agent")), Column("comment", _("Comment"), wide=44),
    )  # fmt: skip
    frame = rows.select([column.name for column in columns])
    notes = (_("{n} low ratings, {m} of them with a comment; what tells who customers are is masked.",
               n=found.total, m=found.with_comment),)  # fmt: skip
    return Table("satisfaction_low", _("Low ratings"), columns, frame, notes)
