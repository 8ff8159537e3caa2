import pytest

from loaders.proposal import propose
from tests.loaders.raws import raw

STAMP = ["2026-03-02 09:00", "2026-03-02 10:00"]


def test_english_headers_are_recognised_without_regard_to_case_and_separators() -> None:
    proposal = propose(
        raw({"Ticket ID": ["1", "2"], "created-at": STAMP, "firstResponseTime": STAMP, "Agent_Name": ["a", "b"]})
    )
    assert proposal.mapping.shape == "tickets"
    assert proposal.mapping.columns == {
        "ticket_id": "Ticket ID",
        "created_at": "created-at",
        "agent": "Agent_Name",
        "first_responded_at": "firstResponseTime",
    }
    assert proposal.is_certain


def test_chinese_headers_are_recognised() -> None:
    header = {
        "工单编号": ["1", "2"],
        "创建时间": STAMP,
        "渠道": ["热线", "邮件"],
        "问题类型": ["投诉", "咨询"],
        "满意度": ["5", "4"],
    }
    columns = propose(raw(header)).mapping.columns
    assert columns == {
        "ticket_id": "工单编号",
        "created_at": "创建时间",
        "channel": "渠道",
        "type": "问题类型",
        "rating_score": "满意度",
    }


def test_what_is_required_and_not_found_is_told_with_samples_of_what_is_there() -> None:
    proposal = propose(raw({"Ticket ID": ["1", "2"], "Weight": ["3", "3"]}))
    assert proposal.missing == ("created_at",)
    assert proposal.unmapped == ("Weight",)
    assert proposal.samples == {"Ticket ID": ("1", "2"), "Weight": ("3",)}
    assert not proposal.is_certain


def test_two_headers_that_claim_a_required_column_equally_are_doubtful() -> None:
    proposal = propose(raw({"Ticket ID": ["1", "2"], "Created At": STAMP, "created_at": STAMP}))
    assert proposal.doubtful == {"created_at": ("Created At", "created_at")}
    assert proposal.missing == ()
    assert "created_at" not in proposal.mapping.columns


def test_of_two_number_columns_the_one_that_is_unique_names_the_ticket() -> None:
    proposal = propose(raw({"Case Number": ["7", "7"], "ID": ["1", "2"], "Created": STAMP}))
    assert proposal.mapping.columns["ticket_id"] == "ID"


def test_a_column_of_durations_is_no_instant_whatever_its_header_says() -> None:
    proposal = propose(raw({"Ticket ID": ["1", "2"], "Created": STAMP, "Resolution time": ["00:05:00", "26:00:00"]}))
    assert "resolved_at" not in proposal.mapping.columns
    assert proposal.unmapped == ("Resolution time",)


def test_repeated_numbers_with_an_update_stamp_and_a_state_are_an_event_log() -> None:
    table = {
        "number": ["A", "A", "A"],
        "opened_at": [STAMP[0]] * 3,
        "sys_updated_at": [*STAMP, "2026-03-02 11:00"],
        "state": ["New", "Active", "Closed"],
    }
    assert propose(raw(table)).mapping.shape == "events"
    single = {name: cells[:1] for name, cells in table.items()}
    assert propose(raw(single)).mapping.shape == "tickets"


def test_texts_with_reply_links_and_authors_are_messages() -> None:
    table = {
        "tweet_id": ["1", "2"],
        "author_id": ["c", "a"],
        "inbound": ["True", "False"],
        "created_at": STAMP,
        "text": ["Hi", "Hello"],
        "in_response_to_tweet_id": [None, "1.0"],
    }
    mapping = propose(raw(table)).mapping
    assert mapping.shape == "messages"
    assert mapping.columns["author_kind"] == "inbound"
    assert mapping.values == {"author_kind": {"true": "customer", "false": "agent"}}
    assert mapping.options == {"channel": "social"}


@pytest.mark.parametrize(
    ("table", "shape"),
    [
        ({"ts": STAMP, "offered": ["3", "4"]}, "arrivals"),
        ({"时段": STAMP, "进线量": ["3", "4"]}, "arrivals"),
        ({"agent": ["a", "a"], "state": ["Ready", "Break"], "start time": STAMP}, "agent_states"),
        ({"customer id": ["a", "b"], "event type": ["order", "churn"], "date": STAMP}, "outcomes"),
        ({"foo": ["1", "2"]}, "tickets"),
    ],
)
def test_the_shape_follows_from_the_headers(table: dict[str, list[str | None]], shape: str) -> None:
    assert propose(raw(table)).mapping.shape == shape


def test_a_file_without_rows_or_headers_is_no_trouble() -> None:
    assert propose(raw({"Ticket ID": [], "Created": []})).is_certain
    assert propose(raw({})).missing == ("ticket_id", "created_at")


@pytest.mark.parametrize(
    ("headers", "number", "created", "answered"),
    [
        ("Ticket ID,Subject,Status,Source,Group,Created time,Initial response time", 0, 5, 6),
        ("Case Number,Case Owner,Date/Time Opened,Date/Time Closed,Case Origin,Status", 0, 2, None),
        ("ticketnumber,title,caseorigincode,prioritycode,statuscode,createdon,modifiedon", 0, 5, None),
        ("Ticket ID,Ticket name,Create date,Close date,Ticket owner,First agent email response date", 0, 2, 5),
        ("Ticket Number,Date Created,Subject,From,Help Topic,Current Status,Agent Assigned", 0, 1, None),
        ("id,number,title,state,group,owner,created_at,first_response_at", 1, 6, 7),
        ("display_id,inbox_id,status,assignee_id,created_at,first_reply_created_at", 0, 4, 5),
        ("会话ID,访客名称,接待客服,会话开始时间,首次响应时间,咨询渠道", 0, 3, 4),
        ("工单编号,提交人,提交时间,更新时间,流程状态,问题类型,紧急程度", 0, 2, None),
    ],
)
def test_headers_of_well_known_desks_are_recognised(
    headers: str, number: int, created: int, answered: int | None
) -> None:
    names = headers.split(",")
    stamped = [name for name in names if any(part in name.lower() for part in ("dat", "_at", "time", "on", "时间"))]
    table = {name: STAMP if name in stamped else [f"{name}1", f"{name}2"] for name in names}
    proposal = propose(raw(table))
    assert proposal.is_certain
    assert proposal.mapping.columns["ticket_id"] == names[number]
    assert proposal.mapping.columns["created_at"] == names[created]
    assert proposal.mapping.columns.get("first_responded_at") == (None if answered is None else names[answered])
