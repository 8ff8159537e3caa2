"""What a change of the settings would do to the figures, month by month, before it is saved."""

import hashlib
from datetime import date

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.settings.draft import Draft
from dashboard.components.text import plain
from dashboard.format import count, dimension, figure, inline, listed, month_name, value_name
from dashboard.metric_words import label
from dashboard.people.current import current_actor
from dashboard.refusals import sentence
from dashboard.services.settings.effect_apart import effect_apart
from dashboard.services.settings.effects import Effect
from dashboard.wording import _, current_language
from loaders.base import Progress
from metrics.catalog import metric
from metrics.errors import ActionableError

FOUND = "settings.effect"
SHOWN_MONTHS = 6
SHOWN_PARTS = 40


def effect_of(now: Draft, since: date) -> None:
    """Work the effect out, apart from the server, and keep it for this page."""
    bar = st.progress(0.0, text=_("Measuring the tickets under both settings …"))

    def tell(progress: Progress) -> None:
        bar.progress(progress.done or 0.05, text=_("Measuring the tickets under both settings …"))

    zone = now.zone if now.zone != now.base.zone else None
    try:
        found = effect_apart(current_actor(), data.desk(), now.text or "", since, zone=zone, on_progress=tell)
    except ActionableError as error:
        st.error(plain(sentence(error)))
        found = None
    bar.empty()
    st.session_state[FOUND] = (_digest(now, since), found)


def effect_shown(now: Draft, since: date) -> None:
    """Draw the effect that was worked out for exactly this proposal."""
    key, found = st.session_state.get(FOUND, ("", None))
    if key != _digest(now, since) or found is None:
        return
    st.markdown("\n".join(f"- {line}" for line in effect_lines(found)))
    table = effect_table(found)
    show_table(table, name="settings-effect", title=_("Effect of the settings"), definition=_basis(found),
               key=f"settings-effect-{current_language()}")  # fmt: skip
    st.caption(_basis(found))
    if found.parts.height:
        st.markdown(f"**{_('Tickets of these months by name')}**")
        show_table(parts_table(found), name="settings-effect-names", title=_("Tickets of these months by name"),
                   key=f"settings-effect-parts-{current_language()}")  # fmt: skip


def _digest(now: Draft, since: date) -> str:
    return hashlib.sha256(f"{now.base.version}{now.text}{now.zone}{since}".encode()).hexdigest()


def _basis(found: Effect) -> str:
    if found.is_sample:
        return _(
            "Measured on {n} of {all} tickets, chosen by their numbers; both sides on the same ones. The last column: "
            "as if the new settings had always held.",
            n=count(found.measured),
            all=count(found.tickets),
        )
    return _(
        "Measured on all {n} tickets of these months. The last column: as if the new settings had always held.",
        n=count(found.tickets),
    )


def effect_lines(found: Effect) -> list[str]:
    """What stays and what changes, a sentence for each figure that changes."""
    moved = found.rows.filter(pl.col("before").ne_missing(pl.col("after")))
    if moved.is_empty():
        return [_unmoved(found), *_had(found)]
    still = [month for month in found.months if month not in moved["period"].to_list()]
    told = [_("Every figure of {months} stays as it is, to the last digit.", months=_months(still))] if still else []
    for id in moved["metric"].unique(maintain_order=True):
        own, unit = moved.filter(pl.col("metric") == id), metric(id).unit
        changes = [
            _(
                "{month} {old} → {new}",
                month=month_name(row["period"]),
                old=figure(row["before"], unit),
                new=figure(row["after"], unit),
            )
            for row in own.sort("period").tail(SHOWN_MONTHS).to_dicts()
        ]
        told.append(f"{plain(label(metric(id)))}: {plain(listed(changes))}")
    return told


def _unmoved(found: Effect) -> str:
    """Where no headline moves; the same tickets may stand under other names all the same."""
    dims = found.parts.filter(pl.col("before") != pl.col("after"))["dimension"].unique(maintain_order=True)
    if dims.is_empty():
        return _("Every figure of the months up to now stays as it is, to the last digit.")
    return _("The desk's own figures of the months up to now stay; split by {dimensions} they change: see below.",
             dimensions=listed([inline(one) for one in dims]))  # fmt: skip


def parts_table(found: Effect) -> pl.DataFrame:
    """How many tickets each name has now, with the change, and had it always held."""
    shown = found.parts.head(SHOWN_PARTS)
    return pl.DataFrame(
        {
            _("Split by"): [dimension(one) for one in shown["dimension"]],
            _("Name"): [value_name(of, one) for of, one in shown.select("dimension", "value").iter_rows()],
            _("Now"): [count(n) for n in shown["before"]],
            _("With the change"): [count(n) for n in shown["after"]],
            _("Had it always held"): [count(n) for n in shown["had"]],
        }
    )


def _had(found: Effect) -> list[str]:
    """From now on there are no data yet, so the last whole month is told as if it had held then."""
    whole = [month for month in found.months if found.rows.filter(pl.col("period") > month).height]
    if not whole:
        return []
    rows = found.rows.filter((pl.col("period") == max(whole)) & pl.col("before").ne_missing(pl.col("had"))).to_dicts()
    return [
        _(
            "Had it held in {month} already, {figure} were {new} instead of {old}.",
            month=month_name(row["period"]),
            figure=label(metric(row["metric"])),
            old=figure(row["before"], metric(row["metric"]).unit),
            new=figure(row["had"], metric(row["metric"]).unit),
        )
        for row in rows
    ]


def _months(months: list[date]) -> str:
    if len(months) > 2 and months == sorted(months):
        return _("{first} to {last}", first=month_name(months[0]), last=month_name(months[-1]))
    return listed([month_name(month) for month in months])


def effect_table(found: Effect) -> pl.DataFrame:
    """A row for each figure, a column for each month, and what the last whole month had been."""
    rows = []
    for id in found.rows["metric"].unique(maintain_order=True):
        own = {row["period"]: row for row in found.rows.filter(pl.col("metric") == id).to_dicts()}
        cells = {month_name(month): _cell(own.get(month), metric(id).unit) for month in found.months[-SHOWN_MONTHS:]}
        whole = [month for month in found.months[:-1] if month in own]
        had = figure(own[whole[-1]]["had"], metric(id).unit) if whole else None
        last = month_name(found.months[-2]) if len(found.months) > 1 else ""
        rows.append({_("Figure"): label(metric(id)), **cells, _("{month}, had it held", month=last): had})
    return pl.DataFrame(rows)


def _cell(row: dict[str, object] | None, unit: object) -> str | None:
    if row is None:
        return None
    old, new = (figure(row[name], unit) for name in ("before", "after"))  # type: ignore[arg-type]
    return new if row["before"] == row["after"] else f"{old} → {new}"
