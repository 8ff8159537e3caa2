"""Staffing: events, rosters with their shifts, scenarios, overrides, kept forecasts and dated rules."""

import sqlalchemy as sa
from alembic import op

from dashboard.store.types import UtcDateTime

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staffing_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("queues", sa.JSON(), nullable=False),
        sa.Column("effect", sa.String(20), nullable=False),
        sa.Column("value", sa.Double()),
        sa.Column("is_trained_on", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer()),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("ended_by", sa.String(200)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("effect IN ('learned', 'percent', 'absolute')", name=op.f("ck_staffing_events_effect")),
        sa.CheckConstraint(
            "kind IN ('promotion', 'launch', 'holiday', 'make_up_day', 'outage', 'other')",
            name=op.f("ck_staffing_events_kind"),
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_staffing_events_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staffing_events")),
    )
    op.create_index("ix_staffing_events_first_day", "staffing_events", ["first_day"], unique=False)
    op.create_table(
        "staffing_forecasts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer()),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("origin", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("methods", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staffing_forecasts")),
        sa.UniqueConstraint("state", name=op.f("uq_staffing_forecasts_state")),
    )
    op.create_index("ix_staffing_forecasts_origin", "staffing_forecasts", ["origin"], unique=False)
    op.create_table(
        "staffing_overrides",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(300), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("way", sa.String(20), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("old", sa.Double(), nullable=False),
        sa.Column("new", sa.Double(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("teams", sa.JSON(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer()),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("ended_by", sa.String(200)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("way IN ('percent', 'set')", name=op.f("ck_staffing_overrides_way")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_staffing_overrides_times")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staffing_overrides")),
    )
    op.create_index("ix_staffing_overrides_starts_at", "staffing_overrides", ["starts_at"], unique=False)
    op.create_table(
        "staffing_rosters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("way", sa.String(20), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("aside", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer()),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("ended_by", sa.String(200)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("way IN ('typed', 'pasted', 'loaded', 'proposed')", name=op.f("ck_staffing_rosters_way")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staffing_rosters")),
    )
    op.create_table(
        "staffing_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(300), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer()),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staffing_rules")),
    )
    op.create_index("ix_staffing_rules_queue", "staffing_rules", ["queue", "valid_from"], unique=False)
    op.create_table(
        "staffing_scenarios",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("queues", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("teams", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer()),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("ended_by", sa.String(200)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_staffing_scenarios_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staffing_scenarios")),
    )
    op.create_table(
        "staffing_forecast_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(300), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("means", sa.JSON(), nullable=False),
        sa.Column("lows", sa.JSON(), nullable=False),
        sa.Column("highs", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["staffing_forecasts.id"], name=op.f("fk_staffing_forecast_days_run_id_staffing_forecasts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staffing_forecast_days")),
        sa.UniqueConstraint("run_id", "queue", "day", name=op.f("uq_staffing_forecast_days_run_id_queue_day")),
    )
    op.create_index("ix_staffing_forecast_days_day", "staffing_forecast_days", ["day"], unique=False)
    op.create_table(
        "staffing_shifts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roster_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("team", sa.String(200)),
        sa.Column("person", sa.String(200)),
        sa.Column("queues", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("break_from", UtcDateTime()),
        sa.Column("break_to", UtcDateTime()),
        sa.Column("people", sa.Double(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('regular', 'part_time', 'outsourced', 'borrowed')", name=op.f("ck_staffing_shifts_kind")
        ),
        sa.CheckConstraint("people > 0", name=op.f("ck_staffing_shifts_people")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_staffing_shifts_times")),
        sa.ForeignKeyConstraint(
            ["roster_id"], ["staffing_rosters.id"], name=op.f("fk_staffing_shifts_roster_id_staffing_rosters")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staffing_shifts")),
    )
    op.create_index(op.f("ix_staffing_shifts_roster_id"), "staffing_shifts", ["roster_id"], unique=False)
    op.create_index("ix_staffing_shifts_starts_at", "staffing_shifts", ["starts_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_staffing_shifts_starts_at", table_name="staffing_shifts")
    op.drop_index(op.f("ix_staffing_shifts_roster_id"), table_name="staffing_shifts")
    op.drop_table("staffing_shifts")
    op.drop_index("ix_staffing_forecast_days_day", table_name="staffing_forecast_days")
    op.drop_table("staffing_forecast_days")
    op.drop_table("staffing_scenarios")
    op.drop_index("ix_staffing_rules_queue", table_name="staffing_rules")
    op.drop_table("staffing_rules")
    op.drop_table("staffing_rosters")
    op.drop_index("ix_staffing_overrides_starts_at", table_name="staffing_overrides")
    op.drop_table("staffing_overrides")
    op.drop_index("ix_staffing_forecasts_origin", table_name="staffing_forecasts")
    op.drop_table("staffing_forecasts")
    op.drop_index("ix_staffing_events_first_day", table_name="staffing_events")
    op.drop_table("staffing_events")
