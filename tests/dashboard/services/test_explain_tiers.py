"""What a ticket's tiers promised, told in both languages."""

from datetime import date
from pathlib import Path

import pytest

from dashboard.desk import AGREEMENTS, Desk, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.analysis.explain import as_text, explain
from dashboard.store import DeskSetting, LoadRow
from dashboard.wording import speaking
from tests.builders import Row, at, change, frame, message, ticket

OURS = """
[[calendar]]
name = "always"
daily = "00:00-24:00"
[[target]]
thing = "acknowledge"
where = { tier = "specialist" }
within = "10 min"
[[target]]
thing = "detailed_answer"
where = { tier = "specialist" }
within = "30 min"
[[target]]
thing = "joint_start"
where = { tier = "cross_team" }
within = "2 h"
[[target]]
thing = "interim_plan"
where = { tier = "cross_team" }
within = "4 h"
"""


def raised(moved_at: str, before: str, after: str) -> Row:
    return change("1", moved_at, after, field="tier", from_value=before, by="Ann")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    root: Path = tmp_path_factory.mktemp("tiers")
    made = open_desk(root)
    tables = {
        "tickets": frame("tickets", [ticket(tier="cross_team", agent="Gus")]),
        "messages": frame("messages", [
            message("1", "2026-03-02 10:05", "agent", author="Eve", is_public=False),
            message("1", "2026-03-02 10:50", "agent", author="Eve"),
            message("1", "2026-03-02 11:30", "agent", author="Fay", is_public=False),
        ]),
        "changes": frame("changes", [raised("2026-03-02 10:00", "first_line", "specialist"),
                                     raised("2026-03-02 11:00", "specialist", "cross_team")]),
    }  # fmt: skip
    committed = made.warehouse.commit("desk", tables, base={})
    entry = LoadRow(at=at("2026-03-02 12:00"), actor="test", kind="load", source="desk",
                    versions=dict(committed.versions), as_of=at("2026-03-02 12:00"), files=[], settings={})  # fmt: skip
    with made.keeping() as session:
        session.add_all([entry, DeskSetting(key=AGREEMENTS, value=OURS, valid_from=date.min)])
    return made


def told(desk: Desk) -> list[str]:
    (section,) = [
        part for part in explain(COMMAND_LINE, desk, "1") if part.title in ("Steps of the tiers", "各层级的承诺节点")
    ]
    return list(section.lines)


def test_each_step_says_when_the_ticket_came_what_ended_the_clock_and_how_it_stands(desk: Desk) -> None:
    text = "\n".join(told(desk))
    for sentence in (
        "Acknowledgement: the ticket came to tier “specialist” Mon 2 Mar 10:00:00.",
        "handing it on) came Mon 2 Mar 10:05:00, from Eve.",
        "The promise is 10 min of opening hours, made for tickets with tier “specialist”.",
        "It was due Mon 2 Mar 10:10:00: kept.",
        "The first public reply by a person after that came Mon 2 Mar 10:50:00, from Eve.",
        "It was due Mon 2 Mar 10:30:00: broken, late by 20 min (all in opening hours).",
        "Start of joint work: the ticket came to tier “product or cross-team” Mon 2 Mar 11:00:00.",
        "No public reply by a person was recorded there.",
        "It is due Mon 2 Mar 15:00:00; 3 h are left.",
    ):
        assert sentence.lower() in text.lower(), (sentence, text)


def test_the_same_is_told_in_chinese(desk: Desk) -> None:
    with speaking("zh_CN"):
        text = as_text(explain(COMMAND_LINE, desk, "1"))
    for words in (
        "各层级的承诺节点",
        "受理响应：工单于",
        "此后的首次人工公开回复在",
        "在该层级没有人工公开回复的记录",
        "阶段性方案",
    ):
        assert words in text, text
    assert "came to tier" not in text
