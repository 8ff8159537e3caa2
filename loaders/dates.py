"""Text to instants: one form per column, proved on all its values, never guessed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from loaders.base import Note
from loaders.date_forms import Form, Order, asked_form, form_of
from loaders.date_order import settled_order
from loaders.errors import MappingError, ZoneNeededError
from loaders.zones import to_utc
from metrics.tables import INSTANT
from metrics.words import N_

NAIVE = pl.Datetime("us")
EARLIEST, LATEST = datetime(1970, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001 (local stamps are compared)
SAMPLE = 400

AMBIGUOUS_HOUR = N_(
    "{count} stamps in '{column}' fall in the repeated hour of a clock change; the earlier one is taken."
)
DATES_ONLY = N_("'{column}' holds dates without a time: {count} values.")


@dataclass(frozen=True)
class Instants:
    """A column of instants in UTC, with what was found on the way.

    `date_only`: rows whose value has no time of day, None when there are none. `flags`: reason -> numbers of the rows
    that became null.
    """

    at: pl.Series
    date_only: pl.Series | None
    flags: dict[str, pl.Series]
    notes: tuple[Note, ...] = ()
    form: Form | None = None
    order: Order | None = None


@dataclass(frozen=True)
class DateOptions:
    """What is known of a column beforehand."""

    zone: str | None = None
    asked: str | None = None
    from_workbook: bool = False
    like: tuple[str, Order] | None = None
    """Header and order of another column in the same form, used where this one settles nothing."""


def parse_instants(cells: pl.Series, *, header: str, options: DateOptions = DateOptions()) -> Instants:
    """The instants that a column of trimmed text gives; null stays null.

    Raises AmbiguousDatesError, ZoneNeededError, or MappingError where no form fits half of the values.
    """
    known = cells.len() - cells.null_count()
    if known == 0:
        return Instants(cells.cast(NAIVE, strict=False).dt.replace_time_zone("UTC"), None, {})
    forms = _forms(cells, options.asked)
    if not forms:
        raise _no_dates(header, cells)
    order, note = settled_order(cells, forms[0], header=header, asked=options.asked, like=options.like)
    reading = _Reading(cells, header, options, order)
    reading.read(forms)
    if reading.at.len() - reading.at.null_count() + reading.named < known / 2:
        raise _no_dates(header, cells)
    return reading.result(note, forms[0])


def _no_dates(header: str, cells: pl.Series) -> MappingError:
    examples = ", ".join(repr(value) for value in cells.drop_nulls().unique(maintain_order=True).head(3))
    return MappingError(
        N_(
            "The column '{column}' holds no dates that can be read, for example {examples}; "
            "map another column or name their form with --date-format."
        ),
        column=header,
        examples=examples,
    )


def _forms(cells: pl.Series, asked: str | None) -> list[Form]:
    """The forms of a sample, the most frequent kind of date first, all compatible with it."""
    known = cells.drop_nulls()
    sample = pl.concat([known.head(SAMPLE), known.gather_every(max(1, known.len() // SAMPLE)), known.tail(SAMPLE // 4)])
    counts = Counter(form for value in sample if (form := form_of(value)))
    if asked and (form := _asked(asked, sample)):
        return [form, *(other for other, _ in counts.most_common() if other.is_native)]
    families = Counter[tuple[str, object]]()
    for form, count in counts.items():
        families[(form.date if form.date else form.time, form.number)] += count
    if not families:
        return []
    main = families.most_common(1)[0][0]
    if main[1] == "excel" and _has_other_than_numbers(known):
        return []
    found = [form for form, _ in counts.most_common() if _fits(form, main)]
    return sorted(found, key=lambda form: (form.date if form.date else form.time, form.number) != main)


def _asked(asked: str, sample: pl.Series) -> Form | None:
    """The form that a person named, where it fits this column; a column in another form is read by its own."""
    form = asked_form(asked)
    if form is None or 2 * _read(sample, form, None).null_count() > sample.len():
        return None
    return form


def _has_other_than_numbers(known: pl.Series) -> bool:
    """Serial numbers of a spreadsheet are believed only where the whole column is made of them."""
    return bool(known.cast(pl.Float64, strict=False).is_null().any())


def _fits(form: Form, family: tuple[str, object]) -> bool:
    return (form.date if form.date else form.time, form.number) == family or (form.is_native and family[1] is None)


class _Reading:
    """A column while its forms are tried one after the other on what is not yet read."""

    def __init__(self, cells: pl.Series, header: str, options: DateOptions, order: Order | None) -> None:
        self.cells, self.header, self.options, self.order = cells, header, options, order
        self.at = pl.Series(cells.name, [None], dtype=INSTANT).new_from_index(0, cells.len())
        self.dated: list[pl.Series] = []
        self.flagged: dict[str, list[pl.Series]] = {}
        self.repeated = 0
        self.named = 0
        self.midnights = True

    def read(self, forms: Sequence[Form]) -> None:
        tried: set[Form] = set()
        todo, rest = list(forms), None
        while todo:
            for form in todo:
                rest = self._try(form, rest)
                tried.add(form)
                if rest.len() == 0:
                    return
            assert rest is not None
            left = self.cells.gather(rest).unique().head(5 * SAMPLE)
            main = forms[0].date if forms[0].date else forms[0].time
            todo = [
                f for f in _distinct(form_of(v) for v in left) if f not in tried and _fits(f, (main, forms[0].number))
            ]
        if rest is not None:
            self._flag("bad_date", rest)

    def _try(self, form: Form, rest: pl.Series | None) -> pl.Series:
        """Read what the form fits; the row numbers of what it does not fit."""
        cells = self.cells if rest is None else self.cells.gather(rest)
        rows = pl.int_range(0, self.cells.len(), dtype=pl.UInt32, eager=True) if rest is None else rest
        read = _read(cells, form, self.order)
        missed = read.is_null() & cells.is_not_null()
        read = self._in_range(read, rows)
        at = self._in_utc(read, form, rows)
        self._midnight(form, read, rows)
        if rest is None:
            self.at = at.alias(self.cells.name)
        else:
            hit = at.is_not_null()
            self.at = self.at.scatter(rows.filter(hit), at.filter(hit))
        return rows.filter(missed)

    def _in_range(self, read: pl.Series, rows: pl.Series) -> pl.Series:
        early, late = _limits(read)
        outside = ((read < early) | (read >= late)).fill_null(False)
        if not outside.any():
            return read
        self._flag("date_out_of_range", rows.filter(outside))
        return read.zip_with(~outside, read.clear(read.len()))

    def _in_utc(self, read: pl.Series, form: Form, rows: pl.Series) -> pl.Series:
        if form.zone == "offset" or (form.number and form.number != "excel"):
            return read.cast(INSTANT)
        if form.zone == "utc":
            return read.dt.replace_time_zone("UTC")
        if self.options.zone is None:
            raise ZoneNeededError(
                N_("The stamps in {columns} carry no time zone; name it, for example --zone Asia/Shanghai."),
                columns=f"'{self.header}'",
            )
        at, gone, repeated = to_utc(read, self.options.zone)
        self.repeated += repeated
        if gone is not None:
            self._flag("nonexistent_local_time", rows.filter(gone))
        return at

    def _midnight(self, form: Form, read: pl.Series, rows: pl.Series) -> None:
        if not form.time and form.number is None:
            self.dated.append(rows.filter(read.is_not_null()))
        elif self.midnights:
            native = (form.is_native and self.options.from_workbook) or form.number == "excel"
            self.midnights = native and bool(
                ((read.dt.hour() == 0) & (read.dt.minute() == 0) & (read.dt.second() == 0)).all()
            )

    def _flag(self, reason: str, rows: pl.Series) -> None:
        if rows.len():
            self.flagged.setdefault(reason, []).append(rows)
            self.named += rows.len() if reason != "bad_date" else 0

    def result(self, note: Note | None, form: Form) -> Instants:
        dated = self.at.is_not_null() if self.midnights and not (self.dated and form.time) else self._dated_rows()
        notes = [note] if note else []
        if dated is not None and dated.any():
            notes.append(Note(DATES_ONLY, {"column": self.header, "count": int(dated.sum())}))
        if self.repeated:
            notes.append(Note(AMBIGUOUS_HOUR, {"column": self.header, "count": self.repeated}))
        flags = {reason: pl.concat(rows) for reason, rows in self.flagged.items()}
        return Instants(
            self.at, dated if dated is not None and dated.any() else None, flags, tuple(notes), form, self.order
        )

    def _dated_rows(self) -> pl.Series | None:
        rows = pl.concat(self.dated) if self.dated else None
        if rows is None or rows.len() == 0:
            return None
        mask = pl.Series([False]).new_from_index(0, self.cells.len())
        return mask.scatter(rows, True) & self.at.is_not_null()


def _distinct(forms: Iterable[Form | None]) -> list[Form]:
    return [form for form in dict.fromkeys(forms) if form is not None]


def _limits(read: pl.Series) -> tuple[datetime, datetime]:
    zoned = isinstance(read.dtype, pl.Datetime) and read.dtype.time_zone is not None
    return (EARLIEST.replace(tzinfo=UTC), LATEST.replace(tzinfo=UTC)) if zoned else (EARLIEST, LATEST)


def _read(cells: pl.Series, form: Form, order: Order | None) -> pl.Series:
    if form.number:
        return _read_numbers(cells, form)
    text = cells
    if "%p" in form.time and form.time.find("%p") < form.time.find("%I"):
        text = cells.str.replace("上午", "AM", literal=True).str.replace("下午", "PM", literal=True)
    pattern = form.pattern(order)
    if not form.time:
        return text.str.to_date(pattern, strict=False).cast(NAIVE)
    return text.str.to_datetime(pattern, time_unit="us", strict=False)


def _read_numbers(cells: pl.Series, form: Form) -> pl.Series:
    numbers = cells.cast(pl.Float64, strict=False)
    if form.number == "excel":
        seconds = ((numbers - 25569) * 86400).round(0)
        return (seconds.cast(pl.Int64, strict=False) * 1_000_000).cast(NAIVE)
    factor = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}[form.number or "epoch_s"]
    return (numbers * factor).round(0).cast(pl.Int64, strict=False).cast(NAIVE).dt.replace_time_zone("UTC")


def merged(errors: Sequence[MappingError]) -> MappingError:
    """Several like errors of single columns as one sentence that names all the columns."""
    first = errors[0]
    if "columns" not in first.params:
        return first
    same = [error for error in errors if error.template == first.template]
    columns = ", ".join(dict.fromkeys(str(error.params["columns"]) for error in same))
    return type(first)(first.template, **{**first.params, "columns": columns})
