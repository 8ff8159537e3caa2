"""Spot-checks: scorecards, reviews with their revisions, disputes, coaching, the library of cases."""

import sqlalchemy as sa
from alembic import op

from dashboard.store.types import UtcDateTime

revision = "0015"
down_revision = "0016"
branch_labels = None
depends_on = None

REFUSAL = "what was submitted of a review is only ever added to"
_KEPT = ("review_revisions", "review_answers", "review_events")
_PUBLISHED = "a published scorecard does not change"
_IS_KEPT = "(SELECT status FROM scorecard_versions WHERE id = {version}) <> 'draft'"
_CARD = "number pass_mark least_share scorecard_id"
_SQLITE = (
    *(
        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for table in _KEPT
        for act in ("UPDATE", "DELETE")
    ),
    *(
        f"CREATE TRIGGER criteria_no_{act.lower()} BEFORE {act} ON criteria WHEN {_IS_KEPT.format(version=version)} "
        f"BEGIN SELECT RAISE(ABORT, '{_PUBLISHED}'); END"
        for act, version in (("INSERT", "NEW.version_id"), ("UPDATE", "OLD.version_id"), ("DELETE", "OLD.version_id"))
    ),
    "CREATE TRIGGER scorecard_versions_no_update BEFORE UPDATE ON scorecard_versions WHEN OLD.status <> 'draft' AND "
    f"({' OR '.join(f'OLD.{name} <> NEW.{name}' for name in _CARD.split())} OR NEW.status = 'draft') "
    f"BEGIN SELECT RAISE(ABORT, '{_PUBLISHED}'); END",
)
_POSTGRESQL = (
    f"CREATE FUNCTION review_refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$ LANGUAGE plpgsql",
    *(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION review_refuse()"
        for table in _KEPT
    ),
    *(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION review_refuse()"
        for table in _KEPT
    ),
    "CREATE FUNCTION scorecard_refuse() RETURNS trigger AS $$ BEGIN "
    f"IF {_IS_KEPT.format(version='COALESCE(OLD.version_id, NEW.version_id)')} "
    f"THEN RAISE EXCEPTION '{_PUBLISHED}'; END IF; "
    "RETURN COALESCE(NEW, OLD); END $$ LANGUAGE plpgsql",
    "CREATE TRIGGER criteria_no_change BEFORE INSERT OR UPDATE OR DELETE ON criteria "
    "FOR EACH ROW EXECUTE FUNCTION scorecard_refuse()",
    "CREATE FUNCTION scorecard_version_refuse() RETURNS trigger AS $$ BEGIN "
    f"IF OLD.status <> 'draft' AND ({' OR '.join(f'OLD.{name} <> NEW.{name}' for name in _CARD.split())} "
    f"OR NEW.status = 'draft') THEN RAISE EXCEPTION '{_PUBLISHED}'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql",
    "CREATE TRIGGER scorecard_versions_no_change BEFORE UPDATE ON scorecard_versions "
    "FOR EACH ROW EXECUTE FUNCTION scorecard_version_refuse()",
)


def upgrade() -> None:
    op.create_table(
        "root_causes",
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("parent", sa.String(40)),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("agent_controllable", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_root_causes")),
    )
    op.create_table(
        "scorecards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecards")),
        sa.UniqueConstraint("name", name=op.f("uq_scorecards_name")),
    )
    op.create_table(
        "scorecard_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scorecard_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("pass_mark", sa.Double(), nullable=False),
        sa.Column("least_share", sa.Double(), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("status IN ('draft', 'published', 'retired')", name=op.f("ck_scorecard_versions_status")),
        sa.CheckConstraint("least_share BETWEEN 0 AND 1", name=op.f("ck_scorecard_versions_least_share")),
        sa.CheckConstraint("pass_mark BETWEEN 0 AND 100", name=op.f("ck_scorecard_versions_pass_mark")),
        sa.ForeignKeyConstraint(
            ["scorecard_id"], ["scorecards.id"], name=op.f("fk_scorecard_versions_scorecard_id_scorecards")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard_versions")),
        sa.UniqueConstraint("scorecard_id", "number", name=op.f("uq_scorecard_versions_scorecard_id_number")),
    )
    op.create_table(
        "criteria",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("section", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("scale", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("na_allowed", sa.Boolean(), nullable=False),
        sa.Column("auto_rule", sa.String(40)),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("guidance", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('scored', 'critical')", name=op.f("ck_criteria_kind")),
        sa.CheckConstraint("weight >= 0 AND (kind = 'scored' OR weight = 0)", name=op.f("ck_criteria_weight")),
        sa.CheckConstraint("scale IN (2, 3)", name=op.f("ck_criteria_scale")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["scorecard_versions.id"], name=op.f("fk_criteria_version_id_scorecard_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criteria")),
        sa.UniqueConstraint("version_id", "code", name=op.f("uq_criteria_version_id_code")),
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer()),
        sa.Column("draw_id", sa.Integer()),
        sa.Column("session_id", sa.Integer()),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("ticket_id", sa.String(300), nullable=False),
        sa.Column("agent", sa.String(200)),
        sa.Column("team", sa.String(200)),
        sa.Column("channel", sa.String(20)),
        sa.Column("type", sa.String(300)),
        sa.Column("ticket_created_at", UtcDateTime(), nullable=False),
        sa.Column("reviewer_id", sa.Integer()),
        sa.Column("reviewer", sa.String(200), nullable=False),
        sa.Column("reviewer_agent", sa.String(200)),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_at", UtcDateTime()),
        sa.Column("told_at", UtcDateTime()),
        sa.Column("acknowledged_at", UtcDateTime()),
        sa.Column("seconds", sa.Integer()),
        sa.Column("score", sa.Double()),
        sa.Column("applicable_share", sa.Double()),
        sa.Column("critical_failed", sa.Boolean()),
        sa.Column("passed", sa.Boolean()),
        sa.Column("first_score", sa.Double()),
        sa.Column("first_passed", sa.Boolean()),
        sa.Column("root_cause", sa.String(40)),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'draft') = (revision = 0) OR state = 'void'", name=op.f("ck_reviews_revision")),
        sa.CheckConstraint(
            "kind IN ('normal', 'double', 'adhoc', 'calibration', 'grader')", name=op.f("ck_reviews_kind")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'acknowledged', 'disputed', 'upheld', 'amended', 'part_amended', "
            "'appealed', 'final', 'closed', 'closed_unacknowledged', 'void')",
            name=op.f("ck_reviews_state"),
        ),
        sa.CheckConstraint(
            "reviewer_agent IS NULL OR agent IS NULL OR reviewer_agent <> agent", name=op.f("ck_reviews_own_work")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name=op.f("fk_reviews_assignment_id_assignments")
        ),
        sa.ForeignKeyConstraint(["draw_id"], ["sample_draws.id"], name=op.f("fk_reviews_draw_id_sample_draws")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["calibration_sessions.id"], name=op.f("fk_reviews_session_id_calibration_sessions")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["scorecard_versions.id"], name=op.f("fk_reviews_version_id_scorecard_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_reviews_assignment_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reviews_agent_state", "reviews", ["agent", "state"], unique=False)
    op.create_index("ix_reviews_conversation", "reviews", ["source", "ticket_id"], unique=False)
    op.create_index(op.f("ix_reviews_draw_id"), "reviews", ["draw_id"], unique=False)
    op.create_index(op.f("ix_reviews_session_id"), "reviews", ["session_id"], unique=False)
    op.create_index(
        "uq_reviews_one_draft",
        "reviews",
        ["source", "ticket_id", "reviewer", "kind"],
        unique=True,
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_table(
        "coaching_actions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent", sa.String(200), nullable=False),
        sa.Column("team", sa.String(200)),
        sa.Column("criterion", sa.String(20), nullable=False),
        sa.Column("scorecard_id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("opened_by", sa.String(200), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime()),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("judged_at", UtcDateTime()),
        sa.Column("looked_at", sa.Integer()),
        sa.Column("failed", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'done', 'verified', 'not_verified', 'dropped')", name=op.f("ck_coaching_actions_state")
        ),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_coaching_actions_review_id_reviews")),
        sa.ForeignKeyConstraint(
            ["scorecard_id"], ["scorecards.id"], name=op.f("fk_coaching_actions_scorecard_id_scorecards")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_actions")),
    )
    op.create_index(op.f("ix_coaching_actions_agent"), "coaching_actions", ["agent"], unique=False)
    op.create_table(
        "disputes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("reviewer", sa.String(200), nullable=False),
        sa.Column("opened_by_id", sa.Integer()),
        sa.Column("opened_by", sa.String(200), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("arbiter_id", sa.Integer()),
        sa.Column("arbiter", sa.String(200)),
        sa.Column("decided_at", UtcDateTime()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(decided_at IS NULL) = (arbiter IS NULL)", name=op.f("ck_disputes_decided")),
        sa.CheckConstraint("arbiter IS NULL OR arbiter <> reviewer", name=op.f("ck_disputes_arbiter")),
        sa.CheckConstraint("round IN (1, 2)", name=op.f("ck_disputes_round")),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_disputes_review_id_reviews")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint("review_id", "round", name=op.f("uq_disputes_review_id_round")),
    )
    op.create_index(
        "uq_disputes_open",
        "disputes",
        ["review_id"],
        unique=True,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "library_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("ticket_id", sa.String(300), nullable=False),
        sa.Column("review_id", sa.Integer()),
        sa.Column("is_good", sa.Boolean(), nullable=False),
        sa.Column("criterion", sa.String(20)),
        sa.Column("type", sa.String(300)),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("kept_by", sa.String(200), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_library_cases_review_id_reviews")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library_cases")),
        sa.UniqueConstraint("source", "ticket_id", name=op.f("uq_library_cases_source_ticket_id")),
    )
    op.create_table(
        "review_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(20), nullable=False),
        sa.Column("value", sa.Double()),
        sa.Column("root_cause", sa.String(40)),
        sa.Column("message_id", sa.String(300)),
        sa.Column("from_char", sa.Integer()),
        sa.Column("to_char", sa.Integer()),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.CheckConstraint("value IS NULL OR value IN (0, 0.5, 1)", name=op.f("ck_review_answers_value")),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_review_answers_review_id_reviews")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_answers")),
        sa.UniqueConstraint(
            "review_id", "revision", "criterion", name=op.f("uq_review_answers_review_id_revision_criterion")
        ),
    )
    op.create_table(
        "review_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer()),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("from_state", sa.String(30)),
        sa.Column("to_state", sa.String(30), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_review_events_review_id_reviews")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_events")),
        sa.UniqueConstraint("review_id", "version", name=op.f("uq_review_events_review_id_version")),
    )
    op.create_table(
        "review_revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer()),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("score", sa.Double()),
        sa.Column("applicable_share", sa.Double(), nullable=False),
        sa.Column("critical_failed", sa.Boolean(), nullable=False),
        sa.Column("passed", sa.Boolean()),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_review_revisions_review_id_reviews")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_revisions")),
        sa.UniqueConstraint("review_id", "revision", name=op.f("uq_review_revisions_review_id_revision")),
    )
    op.create_table(
        "dispute_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dispute_id", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(20), nullable=False),
        sa.Column("stood", sa.Double()),
        sa.Column("proposed", sa.Double()),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(10)),
        sa.Column("decided", sa.Double()),
        sa.CheckConstraint(
            "decision IS NULL OR decision IN ('keep', 'accept', 'other')", name=op.f("ck_dispute_items_decision")
        ),
        sa.ForeignKeyConstraint(["dispute_id"], ["disputes.id"], name=op.f("fk_dispute_items_dispute_id_disputes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_items")),
        sa.UniqueConstraint("dispute_id", "criterion", name=op.f("uq_dispute_items_dispute_id_criterion")),
    )
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("dispute_items")
    op.drop_table("review_revisions")
    op.drop_table("review_events")
    op.drop_table("review_answers")
    op.drop_table("library_cases")
    op.drop_table("disputes")
    op.drop_table("coaching_actions")
    op.drop_table("reviews")
    op.drop_table("criteria")
    op.drop_table("scorecard_versions")
    op.drop_table("scorecards")
    op.drop_table("root_causes")
    if op.get_bind().dialect.name == "postgresql":
        for name in ("review_refuse", "scorecard_refuse", "scorecard_version_refuse"):
            op.execute(f"DROP FUNCTION {name}()")
