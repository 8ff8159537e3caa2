"""What a chart asked for can be asked again at the command line."""

from datetime import date

from dashboard.services.analysis.asks import Ask, as_arguments, as_command
from metrics.model import Period, Scope


def test_every_part_of_a_question_is_an_argument() -> None:
    scope = Scope(Period(date(2026, 3, 1), date(2026, 4, 1)), {"channel": ("chat", None), "team": ("甲 组",)})
    assert as_arguments(Ask(("csat", "nps"), scope, ("team", "hour"), "week")) == [
        "show", "csat", "nps", "--by", "team,hour", "--every", "week", "--from", "2026-03-01", "--to", "2026-04-01",
        "--where", "channel=chat", "--where", "channel=", "--where", "team=甲 组",
    ]  # fmt: skip


def test_the_command_is_quoted_for_a_shell() -> None:
    asked = Ask(("csat",), Scope(where={"x_shop": ("a; rm -r b",)}))
    assert as_command(asked) == "floorwalker show csat --where 'x_shop=a; rm -r b'"
