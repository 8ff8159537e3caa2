from loaders.base import Built, RawTable
from loaders.build import build
from loaders.mapping import Mapping
from metrics.tables import TABLES
from tests.loaders.raws import raw

COLUMNS = {"ticket_id": "Id", "created_at": "Created"}
BASE: dict[str, list[str | None]] = {
    "Id": ["1", "2", "3"],
    "Created": ["2026-03-02 09:00", "2026-03-02 10:00", "2026-03-02 11:00"],
}


def built(table: RawTable, options: dict[str, str] | None = None, **columns: str) -> Built:
    return build(table, Mapping("desk", "tickets", COLUMNS | columns, options=options or {}), source="desk", zone="UTC")


def test_request_and_reply_become_messages_of_the_customer_and_the_person_who_answered() -> None:
    table = raw(
        {
            **BASE,
            "Customer": ["c1", "c2", "c3"],
            "Agent": ["ann", "bob", None],
            "Question": ["Where?", "When?", " "],
            "Answer": ["Here", None, None],
            "Answered": ["2026-03-02 09:30", None, None],
        }
    )
    result = built(
        table,
        customer="Customer",
        agent="Agent",
        request_text="Question",
        reply_text="Answer",
        first_responded_at="Answered",
    )
    messages = result.tables["messages"]
    columns = ("message_id", "ticket_id", "author_kind", "author", "text")
    assert messages.select(columns).rows() == [
        ("1:request", "1", "customer", "c1", "Where?"),
        ("2:request", "2", "customer", "c2", "When?"),
        ("1:reply", "1", "agent", "ann", "Here"),
    ]
    assert [str(at)[11:16] for at in messages["at"]] == ["09:00", "10:00", "09:30"]
    assert dict(messages.schema) == TABLES["messages"].schema
    assert not any(name in result.tables["tickets"].columns for name in ("request_text", "reply_text"))


def test_a_reply_without_a_valid_time_is_told_and_its_ticket_stays() -> None:
    table = raw({**BASE, "Answer": ["a", "b", None], "Answered": ["2026-03-02 08:00", None, None]})
    result = built(table, reply_text="Answer", first_responded_at="Answered")
    assert result.tables["messages"].is_empty()
    assert result.rejects.select("line", "column", "reason").rows() == [
        (2, "Answered", "responded_before_created"),
        (2, "Answer", "reply_without_time"),
        (3, "Answer", "reply_without_time"),
    ]
    assert result.loaded == 3


def test_rating_columns_become_ratings_of_the_assigned_agent() -> None:
    table = raw(
        {
            **BASE,
            "Agent": ["ann", "bob", None],
            "CSAT": ["5", "3.0", None],
            "Remark": ["fine", None, None],
            "Rated": ["03-Mar-26", "04-Mar-26", None],
        }
    )
    result = built(table, agent="Agent", rating_score="CSAT", rating_comment="Remark", rated_at="Rated")
    ratings = result.tables["ratings"]
    assert ratings.select("ticket_id", "rating_id", "score", "scale", "comment", "agent").rows() == [
        ("1", "1", 5.0, 5, "fine", "ann"),
        ("2", "2", 3.0, 5, None, "bob"),
    ]
    assert ratings["date_only"].to_list() == [["given_at"], ["given_at"]]
    assert result.tables["tickets"]["date_only"].to_list() == [None, None, None]
    assert "taken as given out of 5" in str(result.notes[-1])


def test_the_scale_is_what_the_mapping_says_and_scores_outside_it_are_flagged() -> None:
    table = raw({**BASE, "CSAT": ["9", "11", None]})
    result = built(table, {"rating_scale": "10"}, rating_score="CSAT")
    assert result.tables["ratings"].select("score", "scale").rows() == [(9.0, 10), (None, 10)]
    assert result.rejects.select("line", "column", "value", "reason").rows() == [
        (3, "CSAT", "11", "score_outside_scale")
    ]


def test_ratings_in_words_count_on_the_five_point_scale() -> None:
    table = raw({**BASE, "满意度": ["非常满意", "不满意", "随便"]})
    result = built(table, rating_score="满意度")
    assert result.tables["ratings"]["score"].to_list() == [5.0, 2.0]
    assert result.rejects.select("line", "value", "reason").rows() == [(4, "随便", "bad_number")]


def test_a_constant_of_the_mapping_holds_for_the_whole_file() -> None:
    assert built(raw(BASE), {"channel": "wechat"}).tables["tickets"]["channel"].to_list() == ["wechat"] * 3
