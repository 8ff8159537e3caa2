"""The certificate of a draw as a workbook: what anybody needs to see that it was fair, and to make it again."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from zoneinfo import ZoneInfo

import polars as pl
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.quality.draws import Draw
from dashboard.quality.risk_words import RISK_WORDS
from dashboard.wording import N_, _
from metrics.quality.sampling import parts

HOW = N_(
    "Sort the conversations of each stratum by the first eight bytes of SHA-256 over seed|source/ticket; the drawn "
    "ones are the first of that order. The text of the frame has the SHA-256 above."
)
_HEAD = PatternFill("solid", start_color="FFE7ECF3")
_UNSAFE = ("=", "+", "-", "@", "\t", "\r")


def facts_of_draw(draw: Draw, units: pl.DataFrame, zone: str) -> list[tuple[str, object]]:
    """What is certified, line by line: heading and value."""
    known = ZoneInfo(zone)
    begin, end, drawn_at = (one.astimezone(known) for one in (draw.window.start, draw.window.end, draw.drawn_at))
    outcomes = dict(units.group_by("outcome").len().iter_rows())
    return [
        (_("Draw"), draw.id),
        (_("Plan"), f"{draw.plan.name} · v{draw.plan.number}"),
        (_("Answered from"), f"{begin:%Y-%m-%d %H:%M}"),
        (_("Answered before"), f"{end:%Y-%m-%d %H:%M} ({zone})"),
        (_("Drawn at"), f"{drawn_at:%Y-%m-%d %H:%M}"),
        (_("Drawn by"), draw.drawn_by),
        (_("Load of the data"), draw.load_id),
        (_("Conversations in the frame"), draw.frame_size),
        (_("SHA-256 of the frame"), draw.frame_sha256),
        (_("Seed"), draw.seed),
        (_("Way of drawing"), draw.algorithm),
        (_("Drawn"), units.height),
        (_("Of these in extensions"), units.filter(pl.col("round") > 1).height),
        (_("Read"), outcomes.get("reviewed", 0)),
        (_("Ineligible"), outcomes.get("ineligible", 0)),
        (_("Skipped"), outcomes.get("skipped", 0)),
        (_("Still to be read"), outcomes.get(None, 0)),
        *([(_("Takes the place of draw"), draw.supersedes), (_("Reason"), draw.reason)] if draw.supersedes else []),
        *([(_("Replaced by draw"), draw.superseded_by)] if draw.superseded_by else []),
    ]  # fmt: skip


def strata_of_draw(draw: Draw, units: pl.DataFrame) -> pl.DataFrame:
    """One row per stratum: team, risk, channel, size, drawn at first and by now, probability, what became of them."""
    became = units.group_by("stratum").agg(
        *(
            pl.col("outcome").eq_missing(name).sum().cast(pl.Int64).alias(name)
            for name in ("reviewed", "ineligible", "skipped")
        )
    )
    rows = [
        (one.name, *named(draw, one.name), one.size, one.initial, one.drawn, one.drawn / one.size)
        for one in draw.strata
    ]
    columns = {"stratum": pl.String, "team": pl.String, "risk": pl.String, "channel": pl.String, "size": pl.Int64,
               "initial": pl.Int64, "drawn": pl.Int64, "pi": pl.Float64}  # fmt: skip
    told = pl.DataFrame(rows, schema=columns, orient="row").join(became, on="stratum", how="left")
    return told.with_columns(pl.col("reviewed", "ineligible", "skipped").fill_null(0)).drop("stratum")


def named(draw: Draw, stratum: str) -> tuple[str, str, str]:
    """Team, risk and channel of a stratum; of a plan for coaching the agent stands in the place of the team."""
    return (stratum, "", "") if draw.plan.purpose == "coaching" else parts(stratum)


def certificate(draw: Draw, units: pl.DataFrame, zone: str) -> bytes:
    """The workbook: the certificate, the strata, and every picked conversation with its u and probability."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    first.title = _("Certificate")
    _rows(
        first, ((_("Entry"), _("Value")), *facts_of_draw(draw, units, zone), ("", ""), (_("To make it again"), _(HOW)))
    )
    first.column_dimensions["A"].width, first.column_dimensions["B"].width = 32, 90
    first.cell(first.max_row, 2).alignment = Alignment(wrap_text=True, vertical="top")
    strata = strata_of_draw(draw, units)
    heads = (_("Team or agent"), _("Risk"), _("Channel"), _("Conversations"), _("Drawn first"), _("Drawn by now"),
             _("Probability"), _("Read"), _("Ineligible"), _("Skipped"))  # fmt: skip
    told = strata.with_columns(pl.col("risk").replace({key: _(word) for key, word in RISK_WORDS.items()}))
    _rows(book.create_sheet(_("Strata")), (heads, *told.iter_rows()))
    names = ("source", "ticket_id", "stratum", "agent", "u", "pi", "reason", "round", "outcome", "code")
    _rows(book.create_sheet(_("Conversations")), (names, *units.select(names).iter_rows()))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _rows(sheet: Worksheet, rows: Iterable[Sequence[object]]) -> None:
    for place, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(place, column, value)
            if isinstance(value, str) and value.startswith(_UNSAFE):
                cell.data_type = "s"  # a name that begins like a formula stays a name
            if place == 1:
                cell.font, cell.fill = Font(bold=True), _HEAD
    sheet.freeze_panes = "A2"
    for column in range(1, sheet.max_column + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 18
