"""What the satisfaction charts say in words, and their numbers as tables that people read."""

import polars as pl

from dashboard.charts.periods import period_name
from dashboard.charts.rows import interval_text
from dashboard.charts.stars import star_name
from dashboard.components.text import plain
from dashboard.format import NOTHING, count, dimension, duration, listed
from dashboard.services.analysis.low_words import LowWords, Said
from dashboard.services.analysis.satisfaction import BAND, STARS, WAITS, WaitThing
from dashboard.wording import N_, _, share
from metrics.model import Every

NAMED_AT_MOST = 4
THINGS: dict[WaitThing, str] = {
    "first_response": N_("the first answer"),
    "full_resolution": N_("the resolution"),
}
SOURCES: dict[Said, str] = {"comments": N_("Comments"), "messages": N_("Messages, where there is no comment")}


def stars_title(rows: pl.DataFrame) -> str:
    """How many gave the best, how many a low score."""
    total = int(rows["n"].sum())
    if not total:
        return _("No ratings in these days")
    low, best = (int(rows.filter(part)["n"].sum()) for part in (pl.col("stars") <= 2, pl.col("stars") == 5))
    return _(
        "{best} of the ratings have five stars; {low} have one or two",
        best=share(best / total, digits=0), low=share(low / total, digits=0),
    )  # fmt: skip


def stars_table(rows: pl.DataFrame, every: Every) -> pl.DataFrame:
    """One row per period: ratings of each star."""
    wide = rows.pivot("stars", index="period", values="n").sort("period")
    columns: dict[str, object] = {dimension("period"): [period_name(start, every) for start in wide["period"]]}
    columns |= {star_name(star): wide[str(star)] for star in STARS if str(star) in wide.columns}
    return pl.DataFrame({**columns, "n": rows.group_by("period").agg(pl.col("n").sum()).sort("period")["n"]})


def band_name(thing: WaitThing, begin: str) -> str:
    """A band of waiting time by the seconds at which it begins."""
    ends = (*WAITS[thing], None)
    starts = (0, *WAITS[thing])
    low, high = int(begin), ends[starts.index(int(begin))]
    if high is None:
        return _("{low} or longer", low=duration(low))
    return (
        _("below {high}", high=duration(high))
        if low == 0
        else _("{low} to {high}", low=duration(low), high=duration(high))
    )


def waits_title(rows: pl.DataFrame, thing: WaitThing, minimum_n: int) -> str:
    """Whether satisfaction differs between the shortest and the longest wait by more than noise."""
    judged = rows.filter(pl.col("n") >= minimum_n)
    if judged.height < 2:
        return _("Too few ratings to hold satisfaction against waiting")
    short, long = judged.row(0, named=True), judged.row(-1, named=True)
    told = {
        "first": share(short["value"], digits=0), "last": share(long["value"], digits=0),
        "short": band_name(thing, short[BAND]), "long": band_name(thing, long[BAND]), "what": _(THINGS[thing]),
    }  # fmt: skip
    if long["high"] < short["low"]:
        return _("The longer {what} took, the fewer are satisfied: {first} ({short}), {last} ({long})", **told)
    if long["low"] > short["high"]:
        return _("Where {what} took longer, more are satisfied: {first} ({short}), {last} ({long})", **told)
    return _("Between {short} ({first}) and {long} ({last}) to {what}, satisfaction differs no more than noise", **told)


def waits_table(rows: pl.DataFrame, thing: WaitThing) -> pl.DataFrame:
    """One row per band."""
    return pl.DataFrame(
        {
            _("Waiting time"): [band_name(thing, begin) for begin in rows[BAND]],
            _("Satisfied (4 or 5 stars)"): [
                interval_text(*bounds) for bounds in rows.select("value", "low", "high").iter_rows()
            ],
            "n": rows["n"],
        }
    )


def words_title(rows: pl.DataFrame) -> str:
    """The words that tell low ratings best."""
    if rows.is_empty():
        return _("No word tells the low ratings from the others by more than noise")
    words = [f"“{plain(word)}”" for word in rows["word"].head(NAMED_AT_MOST)]
    return _("Low ratings mention more often: {words}", words=listed(words))


def words_table(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per word; a word is shown as it stands."""
    return pl.DataFrame(
        {
            _("Word"): rows["word"],
            _("Share of those rated low"): [
                interval_text(*bounds) for bounds in rows.select("share", "share_low", "share_high").iter_rows()
            ],
            _("Share of the others"): [share(value) for value in rows["other_share"]],
            _("Tickets rated low"): rows["n"],
            _("Other tickets"): rows["others"],
        }
    )


def words_notes(found: LowWords, said: Said) -> tuple[str, ...]:
    """What was read, what was held against what, and what was not."""
    notes = [
        _("Read: {source}; {low} tickets rated low (one or two stars) against {others} others with the same kind of "
          "text.", source=_(SOURCES[said]), low=count(found.n_low), others=count(found.n_others)),
        _("A word counts once per ticket. Shown are words whose odds differ by more than noise, rare words drawn "
          "towards the middle (log-odds with a prior), all words looked at together."),
    ]  # fmt: skip
    if found.left_out:
        notes.append(_("Only the newest are read; {n} older rated tickets are left out.", n=count(found.left_out)))
    return tuple(notes)


def changes_title(pairs: pl.DataFrame) -> str:
    """How many customers changed their mind, and in which direction."""
    up, down = (
        int(pairs.filter(part)["n"].sum())
        for part in (pl.col("latest") > pl.col("first"), pl.col("latest") < pl.col("first"))
    )
    return _(
        "{n} tickets were rated again: {up} better, {down} worse",
        n=count(int(pairs["n"].sum())), up=count(up), down=count(down),
    )  # fmt: skip


def changes_table(pairs: pl.DataFrame) -> pl.DataFrame:
    """One row per pair of scores."""
    return pl.DataFrame(
        {
            _("First rating"): [star_name(star) for star in pairs["first"]],
            _("Latest rating"): [star_name(star) for star in pairs["latest"]],
            "n": pairs["n"],
        }
    )


def stars_text(score: float | None) -> str:
    """A score on the scale of five as stars and number."""
    if score is None:
        return NOTHING
    whole = min(max(int(score + 0.5), 1), 5)
    return "★" * whole + "☆" * (5 - whole)
