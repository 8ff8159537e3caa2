"""One customer under several names: by rules that anybody can check, or by hand, never by guessing.

Nothing of a ticket is changed: who belongs together follows from the rules and the data alone, so that without the
rules everything is as it was.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from metrics.facts.customers import DAY, WINDOW, Neighbours, next_contact
from metrics.facts.knowledge import is_inquiry

RULES = ("email", "phone", "name")
"""The same e-mail address, the same telephone number, the same name to the letter."""
COLUMNS: Mapping[str, str] = {
    "email": r"e_?mail|邮箱|电子邮件",
    "phone": r"phone|mobile|_tel$|手机|电话|联系方式",
    "name": r"requester$|requester_name|full_name|contact_name|^customer$|客户姓名|客户名称|客户昵称|用户昵称|联系人",
}
"""In which columns of the sources each is looked for, beside the customer's own."""
FORMS: Mapping[str, str] = {
    "email": r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$",
    "phone": r"^1[3-9]\d{9}$|^\d{7,15}$",
    "name": r"^[^\d@]{2,60}$",
}
BY_HAND = "hand"
"""The rule by which two names are one that somebody has said to be one."""
Name: TypeAlias = tuple[str, str]
"""Source and customer."""
Tie: TypeAlias = tuple[Name, Name]
MANY = 20
"""A mark that more customers share belongs to an office or a form, not to a person."""
WHO = ("source", "customer")


@dataclass(frozen=True)
class Identities:
    """Who is one: `persons` has a row per source and customer, `merged` one per person of several, largest first.

    `merged`: person, names (source/customer), sources, rules, tickets. `too_common`: marks that were left out.
    `repeats_before`, `repeats_after`: inquiries followed within a week by another of the same customer, of the same
    person, on the same type.
    """

    persons: pl.DataFrame
    merged: pl.DataFrame
    customers: int
    too_common: int
    repeats_before: int
    repeats_after: int

    @property
    def people(self) -> int:
        """How many there are with the rules."""
        return int(self.persons["person"].n_unique())


def identities(tickets: pl.DataFrame, rules: Sequence[str], ties: Sequence[Tie] = ()) -> Identities:
    """Who is one by these rules and ties; `tickets` are ticket facts with the sources' own columns."""
    who = tickets.filter(pl.col("customer").is_not_null())
    names = who.select(WHO).unique(maintain_order=True)
    marks = _marks(who, [rule for rule in RULES if rule in rules])
    common = marks.group_by("rule", "mark").len().filter(pl.col("len") > MANY)
    used = pl.concat([marks.join(common, on=["rule", "mark"], how="anti"), _tied(names, ties)])
    persons = names.with_columns(person=_persons(names, used))
    return Identities(
        persons=persons,
        merged=_merged(persons, used, who),
        customers=names.height,
        too_common=common.height,
        repeats_before=_repeats(tickets.with_columns(person=pl.col("customer"))),
        repeats_after=_repeats(
            tickets.join(persons, on=WHO, how="left", maintain_order="left").with_columns(source=pl.lit("*"))
        ),
    )


def _marks(who: pl.DataFrame, rules: Sequence[str]) -> pl.DataFrame:
    """Rows source, customer, rule, mark: what tells a customer, in one form."""
    parts = [pl.DataFrame(schema={**dict.fromkeys(WHO, pl.String), "rule": pl.String, "mark": pl.String})]
    for rule in rules:
        own = ["customer"] if rule != "name" else []
        columns = [*own, *(c for c in who.columns if c.startswith("x_") and _says(c, COLUMNS[rule]))]
        parts += [
            who.select(
                *WHO, pl.lit(rule).alias("rule"), _in_one_form(column, rule, own=column == "customer").alias("mark")
            )
            for column in columns
            if who.schema[column] == pl.String
        ]
    return pl.concat(parts).drop_nulls("mark").unique(maintain_order=True)


def _tied(names: pl.DataFrame, ties: Sequence[Tie]) -> pl.DataFrame:
    """Ties as marks that two names share; one whose names do not both stand in these tickets tells nothing."""
    rows = [(*end, BY_HAND, str(number)) for number, tie in enumerate(ties) for end in tie]
    marks = pl.DataFrame(rows, schema=[*WHO, "rule", "mark"], schema_overrides=dict.fromkeys(WHO, pl.String),
                         orient="row").cast(pl.String)  # fmt: skip
    there = marks.join(names, on=list(WHO), how="semi", maintain_order="left")
    return there.filter(pl.len().over("mark") == 2)


def _says(column: str, words: str) -> bool:
    return bool(pl.Series([column.removeprefix("x_")]).str.contains(words)[0])


def _in_one_form(column: str, rule: str, *, own: bool) -> pl.Expr:
    """E-mails in small letters, numbers as digits without China's prefix, names without spaces; null for all else."""
    text = pl.col(column).str.strip_chars().str.to_lowercase()
    if rule == "phone":
        digits = text.str.replace_all(r"[\s\-()+.]", "").str.replace(r"^(0086|86)(1[3-9]\d{9})$", "$2")
        form = r"^1[3-9]\d{9}$" if own else FORMS["phone"]
        return pl.when(digits.str.contains(form)).then(digits)
    if rule == "name":
        text = text.str.replace_all(r"\s+", "")
    return pl.when(text.str.contains(FORMS[rule])).then(text)


def _persons(names: pl.DataFrame, marks: pl.DataFrame) -> pl.Series:
    """For each customer the least name of all that belong together."""
    ids = [f"{source}/{customer}" for source, customer in names.iter_rows()]
    above = {one: one for one in ids}

    def top(one: str) -> str:
        while above[one] != one:
            above[one] = above[above[one]]
            one = above[one]
        return one

    first: dict[tuple[str, str], str] = {}
    for source, customer, rule, mark in marks.select(*WHO, "rule", "mark").iter_rows():
        here, there = top(f"{source}/{customer}"), top(first.setdefault((rule, mark), f"{source}/{customer}"))
        above[max(here, there)] = min(here, there)
    return pl.Series("person", [top(one) for one in ids], dtype=pl.String)


def _merged(persons: pl.DataFrame, marks: pl.DataFrame, who: pl.DataFrame) -> pl.DataFrame:
    counts = Counter(persons["person"])
    several = [person for person, count in counts.items() if count > 1]
    rows = persons.filter(pl.col("person").is_in(several)).with_columns(
        name=pl.col("source") + "/" + pl.col("customer")
    )
    tickets = who.group_by(WHO).len("tickets")
    shared = marks.join(persons, on=WHO).group_by("rule", "mark").agg(
        pl.col("person").first(), several=pl.struct(WHO).n_unique() > 1
    )  # fmt: skip
    why = shared.filter("several").group_by("person").agg(rules=pl.col("rule").unique().sort())
    return (
        rows.join(tickets, on=WHO, how="left")
        .group_by("person")
        .agg(
            names=pl.col("name").sort(), sources=pl.col("source").n_unique().cast(pl.Int64),
            tickets=pl.col("tickets").sum().cast(pl.Int64),
        )
        .join(why, on="person", how="left")
        .sort("tickets", "person", descending=[True, False])
    )  # fmt: skip


def _repeats(tickets: pl.DataFrame) -> int:
    """Inquiries followed within a week by another of the same person on the same type."""
    named = tickets.select(
        "source", "type", "status", "created_at", customer="person",
        ticket_id=pl.col("source") + "/" + pl.col("ticket_id"),
    ).filter(is_inquiry())  # fmt: skip
    return int((next_contact(named, Neighbours()) <= WINDOW * DAY).sum())
