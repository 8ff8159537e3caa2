"""The figures said again in SQL, from METRICS.md: DuckDB over the canonical tables, nothing of the product in it.

The desk of these texts: Monday to Friday 9–12 and 13–18 in Shanghai, which has no summer time; what a first response
and a resolution are promised in stands in `promises`. Times are whole seconds since 1970.
"""

import duckdb
import polars as pl

AT = ("created_at", "first_responded_at", "first_auto_responded_at", "first_resolved_at", "resolved_at", "closed_at",
      "updated_at", "escalated_at")  # fmt: skip

MACROS = """
CREATE MACRO day_of(e) AS (e + 28800) // 86400 + 3;
CREATE MACRO within(e, opens, closes) AS least(greatest((e + 28800) % 86400 - opens, 0), closes - opens);
CREATE MACRO open_until(e) AS
  day_of(e) // 7 * 144000 + least(day_of(e) % 7, 5) * 28800
  + CASE WHEN day_of(e) % 7 < 5 THEN within(e, 32400, 43200) + within(e, 46800, 64800) ELSE 0 END;
CREATE MACRO open_at(passed) AS
  ((passed - 1) // 144000 * 7 + (passed - 1) // 28800 % 5 - 3) * 86400 - 28800
  + (passed - 1) % 28800 + 1 + CASE WHEN (passed - 1) % 28800 < 10800 THEN 32400 ELSE 36000 END;
CREATE MACRO month_of(e) AS strftime(make_timestamp(((e + 28800) * 1000000)::BIGINT), '%Y-%m');
"""

TALK = """
CREATE TABLE talk AS
SELECT tid,
  min(moment) FILTER (WHERE kind = 'agent') AS agent_at, min(moment) FILTER (WHERE kind = 'bot') AS bot_at,
  count(*) FILTER (WHERE kind = 'agent') AS agents, bool_or(kind <> 'customer') AS others
FROM messages GROUP BY tid;

CREATE TABLE moves AS
SELECT *, lead(moment) OVER (PARTITION BY tid ORDER BY moment, sequence) AS until,
  row_number() OVER (PARTITION BY tid ORDER BY moment, sequence) AS place
FROM changes;

CREATE TABLE moved AS
SELECT tid, min(moment) FILTER (WHERE after = 'resolved') AS done_at,
  max(moment) FILTER (WHERE after = 'resolved') AS ended_at,
  min(moment) FILTER (WHERE before = 'new') AS began_at
FROM changes GROUP BY tid;
"""

FACTS = """
CREATE TABLE f AS
WITH settled AS (
  SELECT t.*, t.status NOT IN ('spam', 'merged') AS inquiry,
    CASE WHEN t.source = 'told' THEN coalesce(t.reopens, 0) ELSE t.reopens END AS reopened_times,
    CASE WHEN talk.others THEN talk.agents ELSE t.replies END AS reply_count,
    coalesce(talk.agent_at, t.first_responded_at) AS reply_at,
    coalesce(talk.bot_at, t.first_auto_responded_at) AS auto_at,
    talk.bot_at IS NOT NULL AND talk.agent_at IS NULL AS only_bot,
    moved.done_at, moved.ended_at AS changed_end, moved.began_at
  FROM tickets t LEFT JOIN talk USING (tid) LEFT JOIN moved USING (tid)
), ended AS (
  SELECT *,
    CASE WHEN inquiry THEN reply_at END AS first_response_at,
    CASE WHEN inquiry THEN auto_at END AS first_auto_response_at,
    CASE WHEN inquiry AND NOT (status IN ('new', 'open', 'pending', 'on_hold') AND coalesce(reopened_times, 0) > 0)
      THEN resolved_at END AS full_resolution_at
  FROM settled
)
SELECT *,
  coalesce(CASE WHEN full_resolution_at IS NOT NULL THEN done_at END, first_resolved_at,
    CASE WHEN source <> 'told' AND reopened_times = 0 THEN full_resolution_at END) AS first_told,
  CASE WHEN inquiry AND first_told IS NOT NULL THEN least(full_resolution_at, first_told) END AS first_resolution_at,
  CASE WHEN full_resolution_at IS NOT NULL THEN full_resolution_at
    WHEN status IN ('resolved', 'closed', 'spam')
    THEN coalesce(closed_at, changed_end, resolved_at, updated_at, first_response_at, created_at) END AS ended_at,
  full_resolution_at IS NOT NULL AS resolved
FROM ended;
"""

WAITS = """
CREATE TABLE waits AS
WITH heard AS (
  SELECT m.*, lag(kind) OVER w AS previous,
    min(CASE WHEN kind = 'agent' THEN moment END) OVER (
      PARTITION BY tid ORDER BY moment, kind = 'agent', mid ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS answer
  FROM messages m WHERE kind <> 'bot' WINDOW w AS (PARTITION BY tid ORDER BY moment, kind = 'agent', mid)
)
SELECT f.*, heard.moment AS asked_at, heard.answer AS answered_at,
  row_number() OVER (PARTITION BY tid ORDER BY heard.moment) = 1 AS is_first
FROM heard JOIN f USING (tid)
WHERE heard.kind = 'customer' AND coalesce(heard.previous, 'agent') = 'agent' AND f.inquiry;
"""

RUNS = """
CREATE TABLE runs AS
WITH all_runs AS (
  SELECT tid, 'first_response' AS thing, created_at AS start, first_response_at AS done, ended_at FROM f
  WHERE inquiry
  UNION ALL
  SELECT tid, 'next_response', asked_at, answered_at, ended_at FROM waits WHERE NOT is_first
  UNION ALL
  SELECT tid, 'whole next_response', asked_at, answered_at, ended_at FROM waits
  UNION ALL
  SELECT tid, 'resolution', created_at,
    CASE WHEN reopened_times > 0 AND first_resolution_at IS NOT NULL THEN first_resolution_at
      ELSE full_resolution_at END, ended_at FROM f WHERE inquiry
  UNION ALL
  SELECT tid, 'whole resolution', created_at, full_resolution_at, ended_at FROM f WHERE inquiry
), promised AS (
  SELECT row_number() OVER () AS run, r.*, f.channel, f.agent, f.source, f.status,
    p.seconds AS target, p.calendar, coalesce(r.done, greatest(r.start, least(coalesce(r.ended_at, as_of()), as_of())))
    AS stop
  FROM all_runs r JOIN f USING (tid), LATERAL (
    SELECT seconds, calendar FROM promises
    WHERE thing = replace(r.thing, 'whole ', '') AND coalesce(channel, f.channel) = f.channel
      AND coalesce(priority, f.priority) = f.priority
    ORDER BY (channel IS NOT NULL)::INT + (priority IS NOT NULL)::INT DESC, seconds LIMIT 1) p
), rests AS (
  SELECT run, start, target, calendar, moves.until IS NULL AS lasts, greatest(moment, start) AS a,
    least(coalesce(moves.until, stop), stop) AS b
  FROM promised JOIN moves USING (tid)
  WHERE after = 'pending' AND thing LIKE '%resolution' AND moment <= stop
), measured AS (
  SELECT *, b - a AS on_calendar, open_until(b) - open_until(a) AS on_business,
    CASE WHEN calendar THEN a - start ELSE open_until(a) - open_until(start) END
    - coalesce(sum(CASE WHEN calendar THEN b - a ELSE open_until(b) - open_until(a) END) OVER (
      PARTITION BY run ORDER BY a ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) < target AS early
  FROM rests WHERE b > a OR lasts
), rested AS (
  SELECT run, sum(on_calendar) AS rest_c, sum(on_business) AS rest_b, bool_or(lasts) AS rests_now,
    coalesce(sum(on_calendar) FILTER (WHERE early), 0) AS moved_c,
    coalesce(sum(on_business) FILTER (WHERE early), 0) AS moved_b
  FROM measured GROUP BY run
), used AS (
  SELECT p.*, coalesce(rests_now, FALSE) OR (thing LIKE '%resolution' AND status = 'pending' AND source <> 'told'
      AND ended_at IS NULL) AS rests_now,
    stop - start - coalesce(rest_c, 0) AS used_c,
    open_until(stop) - open_until(start) - coalesce(rest_b, 0) AS used_b,
    coalesce(moved_c, 0) AS moved_c, coalesce(moved_b, 0) AS moved_b,
    CASE WHEN calendar THEN start + target + coalesce(moved_c, 0)
      ELSE open_at(open_until(start) + target + coalesce(moved_b, 0)) END AS due_at
  FROM promised p LEFT JOIN rested USING (run)
)
SELECT *, CASE WHEN calendar THEN used_c ELSE used_b END AS ran,
  CASE WHEN ran > target THEN 'breached' WHEN done IS NOT NULL THEN 'met' WHEN ended_at IS NOT NULL THEN 'cancelled'
    WHEN rests_now THEN 'paused' ELSE 'running' END AS state,
  CASE WHEN state = 'met' THEN done WHEN state = 'breached' THEN due_at END AS decided_at,
  CASE WHEN state = 'breached' THEN used_c - (due_at - start - moved_c) END AS late_c,
  CASE WHEN state = 'breached' THEN used_b - (open_until(due_at) - open_until(start) - moved_b) END AS late_b
FROM used;
"""

REST = """
CREATE TABLE requester AS
WITH stays AS (
  SELECT tid, created_at AS a, least(moment, ended_at) AS b, before AS stood, ended_at FROM moves JOIN f USING (tid)
  WHERE place = 1
  UNION ALL
  SELECT tid, moment, least(coalesce(until, f.ended_at), f.ended_at), after, f.ended_at FROM moves JOIN f USING (tid)
)
SELECT tid, coalesce(sum(b - a) FILTER (WHERE stood IN ('new', 'open', 'on_hold') AND b >= a), 0) AS c,
  coalesce(sum(open_until(b) - open_until(a)) FILTER (WHERE stood IN ('new', 'open', 'on_hold') AND b >= a), 0) AS b
FROM stays JOIN f USING (tid) WHERE inquiry AND f.ended_at IS NOT NULL GROUP BY tid;

CREATE TABLE followed AS
SELECT *, lead(created_at) OVER (PARTITION BY source, customer, type ORDER BY created_at, ticket_id) - created_at
  AS next
FROM f WHERE inquiry AND customer IS NOT NULL;

CREATE TABLE rated AS
SELECT r.*, f.channel, coalesce(r.given_at, f.full_resolution_at, f.ended_at, f.created_at) AS rated_at,
  CASE WHEN score IS NOT NULL THEN least(greatest((score - 1) / (scale - 1), 0), 1) END AS part
FROM ratings r JOIN f USING (tid);
"""

SPANS = {
    "first_response": ("f", "created_at", "first_response_at", "first_response_at"),
    "first_auto_response": ("f", "created_at", "first_auto_response_at", "first_auto_response_at"),
    "first_resolution": ("f", "created_at", "first_resolution_at", "first_resolution_at"),
    "full_resolution": ("f", "created_at", "full_resolution_at", "full_resolution_at"),
    "full_resolution_from_response": ("f", "first_response_at", "full_resolution_at", "full_resolution_at"),
    "cycle_time": ("(SELECT * FROM f WHERE inquiry)", "least(first_response_at, began_at)", "ended_at", "ended_at"),
    "next_response": ("waits", "asked_at", "answered_at", "answered_at"),
}
"""Thing -> table, from, to, and the instant that dates it."""
OLD = "inquiry AND created_at <= as_of() - {days} * 86400"
SHARES = {
    "reopen_rate": ("f", "created_at", "reopened_times > 0", "TRUE"),
    "resolution_rate": ("f", "created_at", "resolved", "inquiry"),
    "escalation_rate": ("f", "created_at", "escalated_at IS NOT NULL", "inquiry"),
    "bot_share": ("f", "full_resolution_at", "only_bot", "resolved AND source = 'spoken'"),
    "human_share": ("f", "full_resolution_at", "first_response_at IS NOT NULL OR reply_count > 0", "resolved"),
    "first_response_within_target": ("runs", "decided_at", "state = 'met'", "thing = 'first_response'"),
    "next_response_within_target": ("runs", "decided_at", "state = 'met'", "thing = 'whole next_response'"),
    "resolution_within_target": ("runs", "decided_at", "state = 'met'", "thing = 'whole resolution'"),
    "sla_attainment": ("runs", "decided_at", "state = 'met'", "thing NOT LIKE 'whole %'"),
    "csat": ("rated", "rated_at", "part >= 0.75 - 1e-9", "TRUE"),
    "csat_response_rate": ("rated", "offered_at", "score IS NOT NULL", "TRUE"),
    "fcr_one_touch": ("f", "created_at", "resolved AND reply_count = 1",
                      f"{OLD.format(days=7)} AND reply_count IS NOT NULL"),
    "fcr_no_reopen": ("f", "created_at", "resolved AND NOT reopened_times > 0",
                      f"{OLD.format(days=7)} AND reopened_times IS NOT NULL AND coalesce("
                      "coalesce(first_resolution_at, full_resolution_at) <= as_of() - 7 * 86400, TRUE)"),
    "fcr_survey": ("f", "created_at", "x_fcr_survey = 'yes'", "inquiry AND x_fcr_survey IS NOT NULL"),
    **{
        id: (
            "followed", "created_at",
            f"resolved AND reopened_times = 0 AND NOT coalesce(next <= {days} * 86400, FALSE)",
            f"{OLD.format(days=days)} AND reopened_times IS NOT NULL",
        )
        for id, days in (("fcr", 7), ("fcr_repeat", 7), *((f"fcr_repeat_{days}d", days) for days in (1, 3, 14, 30)))
    },
}  # fmt: skip
"""Id -> table, the instant that dates it, what counts, among what; where that is unknown the row is in neither."""
COUNTS = {
    "tickets_created": ("f", "created_at", "1"),
    "tickets_resolved": ("f", "full_resolution_at", "resolved::INT"),
    "closed_without_resolution": ("f", "ended_at", "(inquiry AND NOT resolved)::INT"),
    "tickets_set_aside": ("f", "ended_at", "(NOT inquiry)::INT"),
    "replies": ("f", "created_at", "reply_count"),
    "reopens": ("f", "created_at", "reopened_times"),
    "handoffs": ("f", "created_at", "handoffs"),
    "escalations": ("f", "escalated_at", "inquiry::INT"),
    "ratings": ("rated", "rated_at", "(score IS NOT NULL)::INT"),
    "sla_at_risk": (
        "runs",
        "start",
        "(thing NOT LIKE 'whole %' AND state = 'running' AND target - ran < target / 4)::INT",
    ),
}
POINTS = "CASE WHEN scale <> 10 THEN NULL WHEN score >= 9 THEN 100 WHEN score <= 6 THEN -100 WHEN score > 6 THEN 0 END"
STATISTICS = {**{f"p{p}": f"quantile_cont(x, {p / 100})" for p in (50, 75, 90, 95, 99)}, "mean": "avg(x)"}


def database(tables: dict[str, pl.DataFrame], as_of: int, promises: pl.DataFrame) -> duckdb.DuckDBPyConnection:
    """The tables as SQL has them, and everything that the questions below are asked of."""
    base = duckdb.connect(config={"threads": 2})
    whole = {name: pl.col(name).dt.epoch("s") for name in (*AT, "at", "given_at", "offered_at")}
    tid = {"tid": pl.col("ticket_id").cast(pl.Int64)}

    def given(name: str, *kept: str, **renamed: str) -> pl.DataFrame:
        frame = tables[name].with_columns(
            **{key: at for key, at in whole.items() if key in tables[name].columns}, **tid
        )
        return frame.select("tid", *kept, **renamed)

    frames = {
        "tickets": given("tickets", *AT, "ticket_id", "source", "status", "channel", "priority", "team", "agent",
                         "customer", "type", "reopens", "handoffs", "replies", "x_fcr_survey"),
        "messages": given("messages", moment="at", kind="author_kind", mid="message_id"),
        "changes": given("changes", "sequence", moment="at", before="from_value", after="to_value"),
        "ratings": given("ratings", "given_at", "offered_at", "score", "scale"),
        "promises": promises,
    }  # fmt: skip
    for name, frame in frames.items():
        base.register("handed", frame.to_arrow())
        base.execute(f"CREATE TABLE {name} AS SELECT * FROM handed")
    base.execute(f"CREATE MACRO as_of() AS {as_of}")
    for text in (MACROS, TALK, FACTS, WAITS, RUNS, REST):
        base.execute(text)
    return base


def question(id: str) -> str | None:
    """Rows channel, month, value, n of one metric; None for what is not asked in this form."""
    if id in COUNTS:
        table, at, worth = COUNTS[id]
        n = f"count({worth})" if id in {"replies", "reopens", "handoffs"} else f"sum({worth})"
        return _grouped(table, at, f"sum({worth})::DOUBLE", n)
    if id in SHARES:
        table, at, true, among = SHARES[id]
        return _grouped(f"(SELECT * FROM {table} WHERE {among})", at, f"avg(({true})::INT)", f"count({true})")
    if id in {"csat_mean", "nps"}:
        worth = "1 + 4 * part" if id == "csat_mean" else POINTS
        return _grouped("rated", "rated_at", f"avg({worth})", f"count({worth})")
    if id == "response_consistency":
        rows = "(SELECT *, first_response_at - created_at AS x FROM f)"
        return _grouped(rows, "first_response_at", "quantile_cont(x, 0.9) / quantile_cont(x, 0.5)", "count(x)")
    if "_waiting_" in id:
        return _waiting(id)
    for clock in ("calendar", "business"):
        if f"_{clock}_" in id:
            return _time(*id.split(f"_{clock}_"), clock)
    return None


def _grouped(table: str, at: str, value: str, n: str) -> str:
    return f"""
    SELECT channel, month_of({at}) AS month, {value} AS value, {n} AS n FROM {table} WHERE {at} IS NOT NULL
    GROUP BY ALL"""


def _time(thing: str, statistic: str, clock: str) -> str | None:
    letter = clock[0]
    if thing == "sla_overrun":
        rows, at = f"(SELECT *, late_{letter} AS x FROM runs WHERE thing NOT LIKE 'whole %')", "decided_at"
    elif thing == "requester_wait":
        rows, at = f"(SELECT f.*, r.{letter} AS x FROM f JOIN requester r USING (tid))", "ended_at"
    elif thing in SPANS:
        table, start, end, at = SPANS[thing]
        passed = f"{end} - {start}" if clock == "calendar" else f"open_until({end}) - open_until({start})"
        rows = f"(SELECT *, CASE WHEN {end} >= {start} THEN {passed} END AS x FROM {table})"
    else:
        return None
    return _grouped(rows, at, STATISTICS[statistic], "count(x)")


def _waiting(id: str) -> str:
    """Kaplan and Meier's product as a running product over the lengths of a group."""
    clock, q = ("calendar" if "_calendar_" in id else "business"), int(id[-2:]) / 100
    table, start, end, still = ("f", "created_at", "first_response_at", "inquiry")
    if id.startswith("next"):
        table, start, end, still = ("waits", "asked_at", "answered_at", "TRUE")
    last = f"coalesce({end}, as_of())"
    passed = f"{last} - {start}" if clock == "calendar" else f"open_until({last}) - open_until({start})"
    return f"""
    WITH lengths AS (
      SELECT channel, month_of({start}) AS month, {passed} AS x, {end} IS NOT NULL AS over FROM {table}
      WHERE {still} AND ({end} IS NOT NULL OR ended_at IS NULL)
    ), counted AS (SELECT channel, month, x, sum(over::INT) AS ended, count(*) AS leaving FROM lengths GROUP BY ALL),
    ranked AS (SELECT *, sum(leaving) OVER (PARTITION BY channel, month ORDER BY x DESC) AS there FROM counted),
    curve AS (SELECT *, product(1 - ended / there) OVER (PARTITION BY channel, month ORDER BY x) AS share FROM ranked)
    SELECT channel, month, min(x) FILTER (WHERE share <= 1 - {q} + 1e-12)::DOUBLE AS value, sum(leaving) AS n FROM curve
    GROUP BY ALL"""


CLEARANCE = """
SELECT channel, month, coalesce(done, 0) / came AS value, came AS n
FROM (SELECT channel, month_of(created_at) AS month, count(*) AS came FROM f GROUP BY ALL)
LEFT JOIN (SELECT channel, month_of(full_resolution_at) AS month, count(*) AS done FROM f WHERE resolved GROUP BY ALL)
USING (channel, month)
"""
BACKLOG = """
SELECT channel, month_of(ends - 1) AS month, count(*)::DOUBLE AS value, count(*) AS n
FROM f JOIN (SELECT DISTINCT least(epoch(date_trunc('month', make_timestamp((created_at + 28800) * 1000000))
  + INTERVAL 1 MONTH)::BIGINT - 28800, as_of() + 1) AS ends FROM f) ON created_at < ends
WHERE NOT coalesce(ended_at < ends, FALSE)
GROUP BY ALL
"""
BALANCE = """
WITH loads AS (
  SELECT channel, agent, count(*) FILTER (WHERE NOT coalesce(ended_at <= as_of(), FALSE)) AS load,
    max(created_at) AS given
  FROM f GROUP BY ALL
), ranked AS (
  SELECT channel, load, row_number() OVER (PARTITION BY channel ORDER BY load) AS i,
    count(*) OVER (PARTITION BY channel) AS k
  FROM loads WHERE load > 0 OR given >= as_of() - 28 * 86400
)
SELECT channel, sum(load * (2 * i - k - 1)) / (sum(load) * (max(k) - 1)) AS value, sum(load) AS n FROM ranked
GROUP BY ALL
"""
