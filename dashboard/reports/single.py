"""One table or chart of a page on its own: a workbook of its data and of what they mean."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from dashboard.reports.columns import columns_of
from dashboard.reports.model import Column, Report, Sheet, Table
from dashboard.reports.writing import write
from dashboard.wording import _, current_language

About = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Handed:
    """What is handed out of a page: its numbers, and what they must be read with.

    frame: seconds, shares 0–1, instants in UTC, values of dimensions by their ids · scope: which tickets and days, on
    one line · definition: what is counted, on one line · about: all that is known of it, name and content.
    """

    name: str
    title: str
    frame: pl.DataFrame
    scope: str
    definition: str = ""
    about: About = ()


def workbook(handed: Handed, *, zone: str) -> bytes:
    """An .xlsx file: the data with numbers as numbers, and a sheet that says what they are."""
    frame, columns = columns_of(handed.frame, zone)
    data = Table("data", handed.title, columns, frame)
    report = Report(handed.title, handed.scope, (
        Sheet("data", _("Data"), (data,)), Sheet("about", _("Explanation"), (_about(handed),)),
    ), language=current_language())  # fmt: skip
    with TemporaryDirectory() as folder:
        path = Path(folder) / "one.xlsx"
        write(report, path, zone=zone)
        return path.read_bytes()


def _about(handed: Handed) -> Table:
    frame = pl.DataFrame(handed.about, schema={"name": pl.String, "content": pl.String}, orient="row")
    columns = (Column("name", _("Field"), wide=26), Column("content", _("Content"), wide=46))
    return Table("about", _("What this is made of"), columns, frame, is_listed=False)


def described(handed: Handed) -> pl.DataFrame:
    """The data with scope and definition beside every row: a text file has no other place where no program stumbles."""
    told = {"scope": handed.scope, "definition": handed.definition}
    return handed.frame.with_columns(pl.lit(text).alias(name) for name, text in told.items() if text)
