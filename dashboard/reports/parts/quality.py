"""Quality: what the spot-checks of these days come to, its parts, the causes, and the draws that prove it."""

import polars as pl

from dashboard.components.quality.words import cause_name, criterion_name, stratum_name
from dashboard.reports.content import Content, Spotchecks
from dashboard.reports.model import Column, Sheet, Table, Words
from dashboard.wording import N_, _
from metrics.quality.estimates import verdict
from metrics.quality.results import by_answer, by_cause

VERDICTS = {
    "meets": N_("meets the target"), "below": N_("below the target"), "unsettled": N_("not enough evidence"),
}  # fmt: skip
_SHARES = (("share", N_("Pass rate")), ("low", N_("From (95%)")), ("high", N_("To (95%)")))


def quality(content: Content) -> Sheet | None:
    """None for whom reviews are nothing to see; one sentence where nothing was drawn in these days."""
    if content.quality is None:
        return None
    plans = [one for one in content.quality if one.sample.strata.height]
    if not plans:
        return Sheet("quality", _("Quality"), (Words((_("No conversation was drawn for review in these days."),)),))
    most = max(plans, key=lambda one: one.sample.reviewed)
    return Sheet("quality", _("Quality"), (
        _plans(plans), _strata(most), _grouped(most, "quality_lines", _("By line of the scorecard"), "criterion"),
        _grouped(most, "quality_causes", _("Root causes of what did not pass"), "cause"), _draws(plans),
    ))  # fmt: skip


def _plans(plans: list[Spotchecks]) -> Table:
    rows = []
    for one in plans:
        found = one.sample.estimate
        rows.append((one.plan, one.sample.drawn, found.reviewed, found.value, found.low, found.high, one.line,
                     _(VERDICTS[verdict(found, one.line)])))  # fmt: skip
    columns = (
        Column("plan", _("Plan"), wide=24), Column("drawn", _("Drawn"), "count"),
        Column("read", _("Reviewed"), "count"),
        *(Column(name, _(title), "share") for name, title in _SHARES), Column("line", _("Target"), "share"),
        Column("verdict", _("Verdict"), wide=20),
    )  # fmt: skip
    schema = {"plan": pl.String, "drawn": pl.Int64, "read": pl.Int64, "share": pl.Float64, "low": pl.Float64,
              "high": pl.Float64, "line": pl.Float64, "verdict": pl.String}  # fmt: skip
    note = _("Of conversations drawn by chance from those of these days, weighted to all of them; by final verdicts.")
    return Table("quality_plans", _("Pass rate"), columns, pl.DataFrame(rows, schema=schema, orient="row"), (note,),
                 is_live=True, is_listed=False)  # fmt: skip


def _strata(one: Spotchecks) -> Table:
    told = one.sample.strata.group_by("stratum", maintain_order=True).agg(
        pl.col("frame").sum().alias("size"), pl.col("drawn", "skipped", "ineligible").sum()
    )
    named = pl.Series("name", [stratum_name(name) for name in told["stratum"]], dtype=pl.String)
    columns = (
        Column("name", _("Stratum"), wide=26), Column("size", _("Conversations"), "count"),
        Column("drawn", _("Drawn"), "count"), Column("skipped", _("Skipped"), "count"),
        Column("ineligible", _("Ineligible"), "count"),
    )  # fmt: skip
    return Table("quality_strata", _("What was drawn from"), columns, told.with_columns(named), (one.plan,),
                 is_live=True, is_listed=False)  # fmt: skip


def _grouped(one: Spotchecks, key: str, title: str, by: str) -> Table:
    """Lines of the scorecard by how many conversations get the full mark, or causes by how many they spoil."""
    rows = by_answer(one.sample, one.answers) if by == "criterion" else by_cause(one.sample)
    words = criterion_name if by == "criterion" else cause_name
    named = pl.Series("name", [words(name) for name in rows["value"]], dtype=pl.String)
    columns = (
        Column("name", _("Criterion") if by == "criterion" else _("Root cause"), wide=30),
        Column("share", _("Share"), "share"), Column("low", _("From (95%)"), "share"),
        Column("high", _("To (95%)"), "share"), Column("n", "n", "count"),
    )  # fmt: skip
    return Table(key, title, columns, rows.with_columns(named), is_live=True, is_listed=False)


def _draws(plans: list[Spotchecks]) -> Table:
    """What every draw can be made again from."""
    rows = pl.concat([one.draws.with_columns(plan=pl.lit(one.plan)) for one in plans])
    columns = (
        Column("draw_id", _("Draw"), "count"), Column("plan", _("Plan"), wide=24),
        Column("window_from", _("From"), "instant"), Column("frame_size", _("Conversations"), "count"),
        Column("frame_sha256", _("Frame (SHA-256)"), wide=20, most=46), Column("seed", _("Seed"), wide=20),
        Column("load_id", _("Load"), "count"),
    )  # fmt: skip
    note = _("`floorwalker sample` makes a draw again from its frame and seed, and hands out its certificate.")
    return Table("quality_draws", _("Draws and their certificates"), columns, rows, (note,), is_live=True,
                 is_listed=False)  # fmt: skip
