"""Triage: escalated tickets with causes, clocks, events and notes; claims of reminders; stand-up meetings."""

import sqlalchemy as sa
from alembic import op

from dashboard.store.types import UtcDateTime

revision = "0010"
down_revision = "0005"
branch_labels = None
depends_on = None

NOT_ENDED = sa.text("NOT (state IN ('closed', 'merged'))")
REFUSAL = "the events of triage are only ever added to"
_SQLITE = (
    "CREATE TRIGGER triage_events_no_update BEFORE UPDATE ON triage_events "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    "CREATE TRIGGER triage_events_no_delete BEFORE DELETE ON triage_events "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
)
_POSTGRESQL = (
    f"CREATE FUNCTION triage_refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$ LANGUAGE plpgsql",
    "CREATE TRIGGER triage_events_no_change BEFORE UPDATE OR DELETE ON triage_events "
    "FOR EACH ROW EXECUTE FUNCTION triage_refuse()",
    "CREATE TRIGGER triage_events_no_truncate BEFORE TRUNCATE ON triage_events "
    "FOR EACH STATEMENT EXECUTE FUNCTION triage_refuse()",
)


def upgrade() -> None:
    op.create_table(
        "meetings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("teams", sa.JSON(), nullable=False),
        sa.Column("led_by_id", sa.Integer()),
        sa.Column("led_by", sa.String(200), nullable=False),
        sa.Column("as_of", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
    )
    op.create_table(
        "triage_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("ticket_id", sa.String(300), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("owner", sa.String(200)),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("activity_at", UtcDateTime()),
        sa.Column("acknowledged_at", UtcDateTime()),
        sa.Column("snoozed_at", UtcDateTime()),
        sa.Column("snoozed_until", UtcDateTime()),
        sa.Column("waiting_for", sa.String(20)),
        sa.Column("next_update_at", UtcDateTime()),
        sa.Column("resolved_at", UtcDateTime()),
        sa.Column("closed_at", UtcDateTime()),
        sa.Column("reopen_count", sa.Integer(), nullable=False),
        sa.Column("merged_into", sa.Integer()),
        sa.Column("decision", sa.String(40)),
        sa.Column("reason", sa.String(40)),
        sa.Column("is_complaint", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.String(20)),
        sa.Column("channel", sa.String(20)),
        sa.Column("type", sa.String(300)),
        sa.Column("team", sa.String(200)),
        sa.Column("agent", sa.String(200)),
        sa.Column("ticket_created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('new', 'acknowledged', 'in_progress', 'waiting', 'resolved', 'closed', 'merged')",
            name=op.f("ck_triage_items_state"),
        ),
        sa.CheckConstraint(
            "waiting_for IN ('customer', 'third_party', 'internal')", name=op.f("ck_triage_items_waiting_for")
        ),
        sa.CheckConstraint("tier BETWEEN 1 AND 4", name=op.f("ck_triage_items_tier")),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["triage_items.id"], name=op.f("fk_triage_items_merged_into_triage_items")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_items")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_triage_items_state_team", "triage_items", ["state", "team"], unique=False)
    op.create_index(
        "uq_triage_items_not_ended",
        "triage_items",
        ["source", "ticket_id"],
        unique=True,
        sqlite_where=NOT_ENDED,
        postgresql_where=NOT_ENDED,
    )
    op.create_table(
        "triage_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_runs")),
    )
    op.create_table(
        "meeting_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("item_id", sa.Integer()),
        sa.Column("follows", sa.Integer()),
        sa.Column("source", sa.String(200)),
        sa.Column("ticket_id", sa.String(300)),
        sa.Column("team", sa.String(200)),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("decision", sa.Text()),
        sa.Column("owner", sa.String(200)),
        sa.Column("next_step", sa.Text()),
        sa.Column("promised_at", UtcDateTime()),
        sa.Column("is_kept", sa.Boolean()),
        sa.Column("judged_at", UtcDateTime()),
        sa.Column("judged_by", sa.String(200)),
        sa.Column("left_at", UtcDateTime()),
        sa.Column("seconds", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["follows"], ["meeting_items.id"], name=op.f("fk_meeting_items_follows_meeting_items")),
        sa.ForeignKeyConstraint(["item_id"], ["triage_items.id"], name=op.f("fk_meeting_items_item_id_triage_items")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_items_meeting_id_meetings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_items")),
        sa.UniqueConstraint("meeting_id", "position", name=op.f("uq_meeting_items_meeting_id_position")),
    )
    op.create_index(op.f("ix_meeting_items_item_id"), "meeting_items", ["item_id"], unique=False)
    op.create_index("ix_meeting_items_promised_at", "meeting_items", ["promised_at"], unique=False)
    op.create_table(
        "triage_causes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("ticket_id", sa.String(300), nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("occurrence", sa.String(200), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.ForeignKeyConstraint(["item_id"], ["triage_items.id"], name=op.f("fk_triage_causes_item_id_triage_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_causes")),
        sa.UniqueConstraint(
            "source", "ticket_id", "rule", "occurrence", name=op.f("uq_triage_causes_source_ticket_id_rule_occurrence")
        ),
    )
    op.create_index(op.f("ix_triage_causes_item_id"), "triage_causes", ["item_id"], unique=False)
    op.create_table(
        "triage_clocks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("target_seconds", sa.Integer(), nullable=False),
        sa.Column("clock", sa.String(10), nullable=False),
        sa.Column("calendar", sa.String(200)),
        sa.Column("due_at", UtcDateTime()),
        sa.Column("paused_at", UtcDateTime()),
        sa.Column("pauses", sa.JSON(), nullable=False),
        sa.Column("met_at", UtcDateTime()),
        sa.Column("breached_at", UtcDateTime()),
        sa.Column("cancelled_at", UtcDateTime()),
        sa.ForeignKeyConstraint(["item_id"], ["triage_items.id"], name=op.f("fk_triage_clocks_item_id_triage_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_clocks")),
        sa.UniqueConstraint("item_id", "kind", "run", name=op.f("uq_triage_clocks_item_id_kind_run")),
    )
    op.create_index("ix_triage_clocks_due_at", "triage_clocks", ["due_at"], unique=False)
    op.create_table(
        "triage_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer()),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("undoes", sa.Integer()),
        sa.Column("batch", sa.String(32)),
        sa.ForeignKeyConstraint(["item_id"], ["triage_items.id"], name=op.f("fk_triage_events_item_id_triage_items")),
        sa.ForeignKeyConstraint(["undoes"], ["triage_events.id"], name=op.f("fk_triage_events_undoes_triage_events")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_events")),
        sa.UniqueConstraint("item_id", "version", name=op.f("uq_triage_events_item_id_version")),
    )
    op.create_index("ix_triage_events_at", "triage_events", ["at"], unique=False)
    op.create_table(
        "reminder_claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.String(60), nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", UtcDateTime()),
        sa.Column("error", sa.Text()),
        sa.ForeignKeyConstraint(
            ["clock_id"], ["triage_clocks.id"], name=op.f("fk_reminder_claims_clock_id_triage_clocks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_claims")),
        sa.UniqueConstraint("clock_id", "rule_id", "step", name=op.f("uq_reminder_claims_clock_id_rule_id_step")),
    )
    op.create_table(
        "triage_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("from_tier", sa.Integer(), nullable=False),
        sa.Column("to_tier", sa.Integer(), nullable=False),
        sa.Column("tried", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("promised", sa.Text(), nullable=False),
        sa.Column("promised_at", UtcDateTime()),
        sa.ForeignKeyConstraint(
            ["event_id"], ["triage_events.id"], name=op.f("fk_triage_notes_event_id_triage_events")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["triage_items.id"], name=op.f("fk_triage_notes_item_id_triage_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_notes")),
    )
    op.create_index(op.f("ix_triage_notes_item_id"), "triage_notes", ["item_id"], unique=False)
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("triage_notes")
    op.drop_table("reminder_claims")
    op.drop_table("triage_events")
    op.drop_table("triage_clocks")
    op.drop_table("triage_causes")
    op.drop_table("meeting_items")
    op.drop_table("triage_runs")
    op.drop_table("triage_items")
    op.drop_table("meetings")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION triage_refuse()")
