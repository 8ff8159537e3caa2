"""Foreign exports with figures known beforehand; every figure is computed again here in plain Python."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from statistics import fmean, median

import polars as pl
import pytest

from loaders.base import Built, RawTable
from loaders.build import build
from loaders.catalog import sources
from loaders.proposal import Proposal, propose
from metrics.tables import TABLES, TICKETS
from tests.loaders.raws import raw_csv, raw_workbook, rows_of

INDIA, CHINA = timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=8))
KNOWN = {"urgent": 4690, "important": 2899, "normal": 1457.5, "low": 1371}


def minutes(later: datetime, earlier: datetime) -> float:
    return (later - earlier).total_seconds() / 60


def stamp(text: str, pattern: str, zone: timezone = UTC) -> datetime | None:
    return None if text in ("", "?") else datetime.strptime(text, pattern).replace(tzinfo=zone)


def proposed(raw: RawTable, zone: str | None) -> tuple[Proposal, Built]:
    proposal = propose(raw)
    assert proposal.is_certain, (proposal.missing, proposal.doubtful)
    return proposal, build(raw, proposal.mapping, source="x", zone=zone)


@pytest.fixture(scope="module")
def log(shared_data: Path) -> tuple[Built, list[dict[str, str]]]:
    path = shared_data / "servicenow" / "incident_event_log.csv.gz"
    header, rows = rows_of(path)
    raw = raw_csv(path)
    return build(raw, sources()["servicenow"], source="servicenow", zone="UTC"), [
        dict(zip(header, row, strict=True)) for row in rows
    ]


def test_the_servicenow_log_gives_its_known_figures(log: tuple[Built, list[dict[str, str]]]) -> None:
    result, _ = log
    tickets = result.tables["tickets"]
    assert (result.loaded, tickets.height) == (119_998, 20_769)
    resolved = tickets.filter(pl.col("resolved_at").is_not_null())
    spent = [minutes(*pair) for pair in resolved.select("resolved_at", "created_at").rows()]
    assert (len(spent), median(spent), round(fmean(spent), 2)) == (19_351, 1476, 11_260.68)
    for priority, known in KNOWN.items():
        part = resolved.filter(priority=priority).select("resolved_at", "created_at").rows()
        assert median(minutes(*pair) for pair in part) == known
    assert dict(tickets["priority"].value_counts().rows()) == {
        "urgent": 220,
        "important": 337,
        "normal": 19_554,
        "low": 658,
    }
    assert round(100 * tickets.filter(pl.col("reopens") > 0).height / tickets.height, 3) == 1.127
    assert tickets.filter(x_made_sla="true").height == 12_595
    assert set(tickets["status"]) == {"closed", "new"}
    assert result.rejects.select("value", "reason").unique().rows() == [("-100", "unknown_status")]


def test_every_incident_is_as_its_last_row_says(log: tuple[Built, list[dict[str, str]]]) -> None:
    result, events = log
    last = {event["number"]: event for event in events}
    columns = ("ticket_id", "team", "agent", "type", "subtype", "customer", "resolved_by", "closed_at", "handoffs")
    sources_ = ("assignment_group", "assigned_to", "category", "subcategory", "caller_id", "resolved_by")
    expected = {
        number: (
            *[None if event[name] == "?" else event[name] for name in sources_],
            stamp(event["closed_at"], "%d/%m/%Y %H:%M"),
            int(event["reassignment_count"]),
        )
        for number, event in last.items()
    }
    assert {row[0]: row[1:] for row in result.tables["tickets"].select(columns).iter_rows()} == expected


def test_the_first_resolution_is_the_first_resolved_state_in_the_log(log: tuple[Built, list[dict[str, str]]]) -> None:
    result, events = log
    first: dict[str, datetime] = {}
    for event in events:
        if event["incident_state"] in ("Resolved", "Closed"):
            at = stamp(event["sys_updated_at"], "%d/%m/%Y %H:%M")
            assert at is not None
            first[event["number"]] = min(at, first.get(event["number"], at))
    last = {event["number"]: stamp(event["resolved_at"], "%d/%m/%Y %H:%M") for event in events}
    expected = {n: min(first[n], at) if at is not None and n in first else None for n, at in last.items()}
    found = dict(result.tables["tickets"].select("ticket_id", "first_resolved_at").iter_rows())
    assert found == expected
    assert sum(at is not None and at != last[n] for n, at in found.items()) == 489


def test_changes_are_the_differences_of_successive_rows(log: tuple[Built, list[dict[str, str]]]) -> None:
    result, events = log
    before: dict[str, str | None] = {}
    expected = []
    for event in events:
        group = None if event["assignment_group"] == "?" else event["assignment_group"]
        if before.get(event["number"]) != group:
            expected.append((event["number"], before.get(event["number"]), group, event["sys_updated_by"]))
        before[event["number"]] = group
    changes = result.tables["changes"].filter(field="team")
    assert changes.select("ticket_id", "from_value", "to_value", "by").rows() == expected
    key = list(TABLES["changes"].key)
    assert result.tables["changes"].select(key).is_unique().all()


def test_both_dialects_of_the_log_give_equal_tickets(
    log: tuple[Built, list[dict[str, str]]], shared_data: Path
) -> None:
    raw = raw_csv(shared_data / "servicenow" / "incident_event_log_excel.csv")
    excel = build(raw, sources()["servicenow"], source="servicenow", zone="UTC")
    assert excel.loaded == 5_998
    names = [name for name in excel.tables["tickets"].columns if name in TICKETS.schema or name == "x_made_sla"]
    told = excel.tables["tickets"].select(names)
    same = log[0].tables["tickets"].filter(pl.col("ticket_id").is_in(told["ticket_id"].implode())).select(names)
    different = (
        told.height
        - told.drop("date_only")
        .join(same.drop("date_only"), on=told.drop("date_only").columns, nulls_equal=True)
        .height
    )
    assert (told.height, same.height) == (890, 890)
    assert different <= 1  # the excerpt may cut its last incident


def test_the_log_is_recognised_without_a_mapping(shared_data: Path) -> None:
    raw = raw_csv(shared_data / "servicenow" / "incident_event_log_excel.csv")
    proposal, result = proposed(raw, "UTC")
    assert proposal.mapping.shape == "events"
    expected = build(raw, sources()["servicenow"], source="x", zone="UTC").tables["tickets"]
    assert result.tables["tickets"].select(list(TICKETS.schema)).equals(expected.select(list(TICKETS.schema)))


def test_shopzilla_is_loaded_from_its_headers_alone(shared_data: Path) -> None:
    path = shared_data / "shopzilla" / "customer_support_data.csv"
    proposal, result = proposed(raw_csv(path), "Asia/Kolkata")
    assert proposal.mapping.columns == {
        "ticket_id": "Unique id",
        "created_at": "Issue_reported at",
        "channel": "channel_name",
        "type": "category",
        "subtype": "Sub-category",
        "product": "Product_category",
        "agent": "Agent_name",
        "first_responded_at": "issue_responded",
        "rating_score": "CSAT Score",
        "rated_at": "Survey_response_Date",
        "rating_comment": "Customer Remarks",
    }
    assert result.loaded == result.tables["tickets"].height == 17_182
    assert result.rejects.group_by("reason", "kind", "column").len().rows() == [
        ("responded_before_created", "flagged", "issue_responded", 635)
    ]
    header, rows = rows_of(path)
    at = {name: header.index(name) for name in header}
    expected = {}
    for row in rows:
        created = stamp(row[at["Issue_reported at"]], "%d/%m/%Y %H:%M", INDIA)
        answered = stamp(row[at["issue_responded"]], "%d/%m/%Y %H:%M", INDIA)
        assert created is not None
        assert answered is not None
        channel = {"Inbound": "phone", "Outcall": "phone", "Email": "email"}[row[at["channel_name"]]]
        expected[row[at["Unique id"]]] = (created, None if answered < created else answered, channel)
    found = result.tables["tickets"].select("ticket_id", "created_at", "first_responded_at", "channel").iter_rows()
    assert {row[0]: row[1:] for row in found} == expected
    timeless = result.tables["tickets"]["date_only"]
    assert timeless.null_count() == 17_182 - 635
    assert timeless.drop_nulls().unique().to_list() == [["first_responded_at"]]
    notes = " ".join(str(note) for note in result.notes)
    assert "'Issue_reported at' are read day before month" in notes


def test_all_shopzilla_ratings_count(shared_data: Path) -> None:
    path = shared_data / "shopzilla" / "customer_support_data.csv"
    header, rows = rows_of(path)
    scores = [int(row[header.index("CSAT Score")]) for row in rows]
    ratings = proposed(raw_csv(path), "Asia/Kolkata")[1].tables["ratings"]
    assert sorted(ratings["score"].to_list()) == sorted(scores)
    assert (ratings.height, round(fmean(scores), 4)) == (17_182, 4.2476)
    assert round(sum(score >= 4 for score in scores) / len(scores), 4) == 0.8271
    assert ratings["date_only"].to_list() == [["given_at"]] * 17_182
    assert ratings["agent"].null_count() == 0


def test_chinese_messages_to_authorities_are_loaded_from_their_headers_alone(shared_data: Path) -> None:
    proposal, result = proposed(raw_workbook(shared_data / "teddycup" / "附件4.xlsx"), "Asia/Shanghai")
    assert proposal.mapping.columns == {
        "ticket_id": "留言编号",
        "created_at": "留言时间",
        "customer": "留言用户",
        "subject": "留言主题",
        "first_responded_at": "答复时间",
        "request_text": "留言详情",
        "reply_text": "答复意见",
    }
    assert (result.loaded, result.tables["messages"].height, result.rejects.height) == (2816, 5632, 0)
    other = raw_workbook(shared_data / "teddycup" / "回复时间.xlsx").frame
    days = {row[0]: int(float(row[1])) for row in other.select("留言编号", "回复速度").iter_rows()}
    tickets = result.tables["tickets"]
    dated = tickets.filter(pl.col("date_only").is_not_null())
    assert dated["date_only"].to_list() == [["first_responded_at"]]
    spent = {
        number: (answered - asked).days
        for number, asked, answered in tickets.select("ticket_id", "created_at", "first_responded_at").iter_rows()
    }
    different = {number for number in days if spent[number] != days[number]}
    assert different <= set(dated["ticket_id"])
    assert len(spent) == len(days) == 2816


def test_tweets_become_conversations_and_none_is_lost(shared_data: Path) -> None:
    path = shared_data / "twitter_support" / "twcs_first5000.csv"
    proposal, result = proposed(raw_csv(path), None)
    assert proposal.mapping.shape == "messages"
    assert proposal.mapping.columns == {
        "message_id": "tweet_id",
        "reply_to": "in_response_to_tweet_id",
        "at": "created_at",
        "author_kind": "inbound",
        "author": "author_id",
        "text": "text",
    }
    messages = result.tables["messages"]
    assert (messages.height, result.loaded, result.tables["tickets"].height) == (5_000, 5_000, 1_312)
    assert set(result.tables["tickets"]["channel"]) == {"social"}
    parents = {row[0]: row[1] for row in messages.select("message_id", "reply_to").iter_rows()}

    def root(number: str) -> str:
        while parents.get(number) is not None:
            number = str(parents[number])
        return number

    assert {n: root(n) for n in parents} == dict(messages.select("message_id", "ticket_id").iter_rows())


def test_replies_to_known_tweets_of_customers_have_their_known_waits(shared_data: Path) -> None:
    path = shared_data / "twitter_support" / "twcs_first5000.csv"
    messages = proposed(raw_csv(path), None)[1].tables["messages"]
    at = dict(messages.filter(author_kind="customer").select("message_id", "at").iter_rows())
    replies = messages.filter(author_kind="agent").select("at", "reply_to").rows()
    waits = sorted(minutes(when, at[parent]) for when, parent in replies if parent in at)
    assert (len(waits), round(median(waits), 1)) == (2_188, 12.1)
    assert round(waits[int(0.9 * len(waits))], 1) == 386.7


def test_first_responses_to_tweets_equal_a_walk_through_each_conversation(shared_data: Path) -> None:
    path = shared_data / "twitter_support" / "twcs_first5000.csv"
    result = proposed(raw_csv(path), None)[1]
    talks: dict[str, list[tuple[datetime, str]]] = {}
    for ticket, when, kind in result.tables["messages"].select("ticket_id", "at", "author_kind").iter_rows():
        talks.setdefault(ticket, []).append((when, kind))
    expected: dict[str, tuple[datetime, datetime | None]] = {}
    for ticket, talk in talks.items():
        asked = min((when for when, kind in talk if kind == "customer"), default=None)
        answers = [when for when, kind in talk if kind == "agent" and asked is not None and when >= asked]
        expected[ticket] = (asked or min(talk)[0], min(answers, default=None))
    found = result.tables["tickets"].select("ticket_id", "created_at", "first_responded_at").iter_rows()
    assert {row[0]: row[1:] for row in found} == expected


def test_technical_support_is_loaded_from_its_headers_alone(shared_data: Path) -> None:
    path = shared_data / "technical_support" / "Technical Support Dataset.csv"
    proposal, result = proposed(raw_csv(path), "UTC")
    assert dict(proposal.mapping.columns) == {
        "ticket_id": "Ticket ID",
        "created_at": "Created time",
        "status": "Status",
        "channel": "Source",
        "priority": "Priority",
        "tier": "Support Level",
        "type": "Topic",
        "product": "Product group",
        "team": "Agent Group",
        "agent": "Agent Name",
        "first_responded_at": "First response time",
        "resolved_at": "Resolution time",
        "closed_at": "Close time",
        "replies": "Agent interactions",
        "rating_score": "Survey results",
    }
    tickets = result.tables["tickets"]
    assert (result.loaded, tickets.height) == (2_330, 2_330)
    finished = tickets.filter(pl.col("resolved_at").is_not_null())
    late = finished["resolved_at"] > finished["x_expected_sla_to_resolve"].str.to_datetime().dt.replace_time_zone("UTC")
    assert finished.height == 1_912
    assert (late == (finished["x_sla_for_resolution"] == "SLA Violated")).all()
    assert set(tickets["tier"]) == {"first_line", "specialist"}
    assert set(tickets["status"]) == {"closed", "open", "resolved"}


def test_bank_calls_are_arrivals_of_five_minutes(shared_data: Path) -> None:
    path = shared_data / "calls" / "us_bank_2003_5min.csv"
    _, result = proposed(raw_csv(path), "America/New_York")
    arrivals = result.tables["arrivals"]
    assert (result.loaded, arrivals.height, set(arrivals["minutes"])) == (27_716, 27_716, {5})
    _, rows = rows_of(path)
    assert arrivals["offered"].sum() == sum(int(row[1]) for row in rows)


@pytest.mark.parametrize("name", ["ticket_data.csv", "ticket_comment_data.csv"])
def test_zendesk_tables_are_recognised(shared_data: Path, name: str) -> None:
    raw = raw_csv(shared_data / "zendesk" / "dbt_seeds" / name)
    proposal, result = proposed(raw, "UTC")
    assert proposal.mapping.shape == ("tickets" if name == "ticket_data.csv" else "messages")
    assert result.loaded == raw.rows_read
