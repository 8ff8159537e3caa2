"""Spot-checks: plans, draws with frames, strata and units, assignments; calibration sessions; error cases."""

import sqlalchemy as sa
from alembic import op

from dashboard.store.types import UtcDateTime

revision = "0014"
down_revision = "0008"
branch_labels = None
depends_on = None

REFUSAL = "what was done with an error case is only ever added to"
_SQLITE = tuple(
    f"CREATE TRIGGER error_events_no_{act.lower()} BEFORE {act} ON error_events "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for act in ("UPDATE", "DELETE")
)
_POSTGRESQL = (
    f"CREATE FUNCTION error_refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$ LANGUAGE plpgsql",
    "CREATE TRIGGER error_events_no_change BEFORE UPDATE OR DELETE ON error_events "
    "FOR EACH ROW EXECUTE FUNCTION error_refuse()",
    "CREATE TRIGGER error_events_no_truncate BEFORE TRUNCATE ON error_events "
    "FOR EACH STATEMENT EXECUTE FUNCTION error_refuse()",
)


def upgrade() -> None:
    op.create_table(
        "calibration_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("scorecard_version_id", sa.Integer()),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("participants", sa.JSON(), nullable=False),
        sa.Column("expert", sa.String(200)),
        sa.Column("planned_by", sa.String(200), nullable=False),
        sa.Column("planned_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime()),
        sa.Column("opened_at", UtcDateTime()),
        sa.Column("locked_at", UtcDateTime()),
        sa.Column("revealed_at", UtcDateTime()),
        sa.Column("agreed_at", UtcDateTime()),
        sa.Column("closed_at", UtcDateTime()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(revealed_at IS NULL) = (state IN ('planned', 'open', 'locked'))",
            name=op.f("ck_calibration_sessions_revealed"),
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'open', 'locked', 'revealed', 'agreed', 'closed')",
            name=op.f("ck_calibration_sessions_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_sessions")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "error_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("ticket_id", sa.String(300), nullable=False),
        sa.Column("review_id", sa.Integer()),
        sa.Column("criterion", sa.String(40)),
        sa.Column("was_public", sa.Boolean(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("found_by", sa.String(200), nullable=False),
        sa.Column("wrong_claim", sa.Text(), nullable=False),
        sa.Column("right_claim", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("searched_at", UtcDateTime()),
        sa.Column("channel", sa.String(20)),
        sa.Column("type", sa.String(300)),
        sa.Column("team", sa.String(200)),
        sa.Column("agent", sa.String(200)),
        sa.Column("owner", sa.String(200)),
        sa.Column("contacted_at", UtcDateTime()),
        sa.Column("corrected_at", UtcDateTime()),
        sa.Column("correction", sa.Text()),
        sa.Column("cause", sa.String(60)),
        sa.Column("cause_note", sa.Text()),
        sa.Column("cause_at", UtcDateTime()),
        sa.Column("verification", sa.Text()),
        sa.Column("verified_at", UtcDateTime()),
        sa.Column("closed_at", UtcDateTime()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "closed_at IS NULL OR (cause IS NOT NULL AND owner IS NOT NULL AND verification IS NOT NULL)",
            name=op.f("ck_error_cases_closed"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_error_cases")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_error_cases_closed_at_team", "error_cases", ["closed_at", "team"], unique=False)
    op.create_table(
        "sample_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("cycle", sa.String(10), nullable=False),
        sa.Column("where", sa.JSON(), nullable=False),
        sa.Column("strata", sa.JSON(), nullable=False),
        sa.Column("allocation", sa.JSON(), nullable=False),
        sa.Column("min_per_agent", sa.Integer(), nullable=False),
        sa.Column("double_share", sa.Double(), nullable=False),
        sa.Column("inspectors", sa.JSON(), nullable=False),
        sa.Column("due_hours", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("retired_at", UtcDateTime()),
        sa.CheckConstraint("cycle IN ('day', 'week')", name=op.f("ck_sample_plans_cycle")),
        sa.CheckConstraint("purpose IN ('rate', 'coaching')", name=op.f("ck_sample_plans_purpose")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_plans")),
        sa.UniqueConstraint("name", "number", name=op.f("uq_sample_plans_name_number")),
    )
    op.create_table(
        "affected_tickets",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("ticket_id", sa.String(300), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.CheckConstraint(
            "state IN ('found', 'contacted', 'confirmed', 'unreachable', 'not_affected')",
            name=op.f("ck_affected_tickets_state"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["error_cases.id"], name=op.f("fk_affected_tickets_case_id_error_cases")),
        sa.PrimaryKeyConstraint("case_id", "source", "ticket_id", name=op.f("pk_affected_tickets")),
    )
    op.create_table(
        "corrective_actions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("planned_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime()),
        sa.CheckConstraint(
            "kind IN ('knowledge', 'training', 'system', 'process', 'other')", name=op.f("ck_corrective_actions_kind")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["error_cases.id"], name=op.f("fk_corrective_actions_case_id_error_cases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrective_actions")),
    )
    op.create_index(op.f("ix_corrective_actions_case_id"), "corrective_actions", ["case_id"], unique=False)
    op.create_table(
        "error_clocks",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("target_seconds", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("met_at", UtcDateTime()),
        sa.Column("cancelled_at", UtcDateTime()),
        sa.CheckConstraint(
            "kind IN ('apology', 'public_correction', 'root_cause', 'action')", name=op.f("ck_error_clocks_kind")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["error_cases.id"], name=op.f("fk_error_clocks_case_id_error_cases")),
        sa.PrimaryKeyConstraint("case_id", "kind", name=op.f("pk_error_clocks")),
    )
    op.create_index("ix_error_clocks_due_at", "error_clocks", ["due_at"], unique=False)
    op.create_table(
        "error_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer()),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["error_cases.id"], name=op.f("fk_error_events_case_id_error_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_error_events")),
        sa.UniqueConstraint("case_id", "version", name=op.f("uq_error_events_case_id_version")),
    )
    op.create_table(
        "sample_draws",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("window_from", UtcDateTime(), nullable=False),
        sa.Column("window_to", UtcDateTime(), nullable=False),
        sa.Column("load_id", sa.Integer(), nullable=False),
        sa.Column("as_of", UtcDateTime(), nullable=False),
        sa.Column("frame_size", sa.Integer(), nullable=False),
        sa.Column("frame_sha256", sa.String(64), nullable=False),
        sa.Column("seed", sa.String(32), nullable=False),
        sa.Column("algorithm", sa.String(20), nullable=False),
        sa.Column("drawn_by_id", sa.Integer()),
        sa.Column("drawn_by", sa.String(200), nullable=False),
        sa.Column("drawn_at", UtcDateTime(), nullable=False),
        sa.Column("supersedes", sa.Integer()),
        sa.Column("reason", sa.Text()),
        sa.CheckConstraint("window_from < window_to", name=op.f("ck_sample_draws_window")),
        sa.ForeignKeyConstraint(["plan_id"], ["sample_plans.id"], name=op.f("fk_sample_draws_plan_id_sample_plans")),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["sample_draws.id"], name=op.f("fk_sample_draws_supersedes_sample_draws")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_draws")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_sample_draws_supersedes")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sample_draws_plan_id"), "sample_draws", ["plan_id"], unique=False)
    op.create_index(
        "uq_sample_draws_window",
        "sample_draws",
        ["plan_id", "window_from", "window_to"],
        unique=True,
        sqlite_where=sa.text("supersedes IS NULL"),
        postgresql_where=sa.text("supersedes IS NULL"),
    )
    op.create_table(
        "sample_frames",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("kept_until", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["draw_id"], ["sample_draws.id"], name=op.f("fk_sample_frames_draw_id_sample_draws")),
        sa.PrimaryKeyConstraint("draw_id", name=op.f("pk_sample_frames")),
    )
    op.create_table(
        "sample_strata",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(300), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("initial", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.CheckConstraint("0 <= initial AND initial <= drawn AND drawn <= size", name=op.f("ck_sample_strata_drawn")),
        sa.ForeignKeyConstraint(["draw_id"], ["sample_draws.id"], name=op.f("fk_sample_strata_draw_id_sample_draws")),
        sa.PrimaryKeyConstraint("draw_id", "stratum", name=op.f("pk_sample_strata")),
    )
    op.create_table(
        "sample_units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer()),
        sa.Column("session_id", sa.Integer()),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("ticket_id", sa.String(300), nullable=False),
        sa.Column("stratum", sa.String(300)),
        sa.Column("agent", sa.String(200)),
        sa.Column("u", sa.Double()),
        sa.Column("pi", sa.Double()),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(20)),
        sa.Column("code", sa.String(40)),
        sa.Column("settled_at", UtcDateTime()),
        sa.Column("settled_by", sa.String(200)),
        sa.CheckConstraint(
            "(reason IN ('random', 'risk', 'floor')) = (pi IS NOT NULL AND draw_id IS NOT NULL)",
            name=op.f("ck_sample_units_chance"),
        ),
        sa.CheckConstraint("outcome IN ('reviewed', 'ineligible', 'skipped')", name=op.f("ck_sample_units_outcome")),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome = 'reviewed' OR code IS NOT NULL", name=op.f("ck_sample_units_code")
        ),
        sa.CheckConstraint(
            "reason IN ('random', 'risk', 'floor', 'adhoc', 'calibration')", name=op.f("ck_sample_units_reason")
        ),
        sa.CheckConstraint("pi IS NULL OR (pi > 0 AND pi <= 1)", name=op.f("ck_sample_units_pi")),
        sa.ForeignKeyConstraint(["draw_id"], ["sample_draws.id"], name=op.f("fk_sample_units_draw_id_sample_draws")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["calibration_sessions.id"], name=op.f("fk_sample_units_session_id_calibration_sessions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_units")),
        sa.UniqueConstraint("draw_id", "source", "ticket_id", name=op.f("uq_sample_units_draw_id_source_ticket_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sample_units_session_id"), "sample_units", ["session_id"], unique=False)
    op.create_index("ix_sample_units_source_ticket_id", "sample_units", ["source", "ticket_id"], unique=False)
    op.create_table(
        "assignments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer()),
        sa.Column("reviewer", sa.String(200)),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("assigned_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime()),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("done_at", UtcDateTime()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("role IN ('primary', 'double', 'expert', 'calibration')", name=op.f("ck_assignments_role")),
        sa.CheckConstraint("state IN ('open', 'started', 'done', 'returned')", name=op.f("ck_assignments_state")),
        sa.ForeignKeyConstraint(["unit_id"], ["sample_units.id"], name=op.f("fk_assignments_unit_id_sample_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        sa.UniqueConstraint("unit_id", "reviewer", name=op.f("uq_assignments_unit_id_reviewer")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_assignments_reviewer_state", "assignments", ["reviewer", "state"], unique=False)
    op.create_index(
        "uq_assignments_primary",
        "assignments",
        ["unit_id"],
        unique=True,
        sqlite_where=sa.text("role = 'primary'"),
        postgresql_where=sa.text("role = 'primary'"),
    )
    op.create_table(
        "calibration_items",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("consensus", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["calibration_sessions.id"],
            name=op.f("fk_calibration_items_session_id_calibration_sessions"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["sample_units.id"], name=op.f("fk_calibration_items_unit_id_sample_units")
        ),
        sa.PrimaryKeyConstraint("session_id", "unit_id", name=op.f("pk_calibration_items")),
    )
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("calibration_items")
    op.drop_table("assignments")
    op.drop_table("sample_units")
    op.drop_table("sample_strata")
    op.drop_table("sample_frames")
    op.drop_table("sample_draws")
    op.drop_table("error_events")
    op.drop_table("error_clocks")
    op.drop_table("corrective_actions")
    op.drop_table("affected_tickets")
    op.drop_table("sample_plans")
    op.drop_table("error_cases")
    op.drop_table("calibration_sessions")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION error_refuse()")
