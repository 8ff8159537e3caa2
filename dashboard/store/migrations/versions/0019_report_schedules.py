"""Reports that go out by themselves, layouts of a desk's own, and what mails say of a report."""

import sqlalchemy as sa
from alembic import op

from dashboard.store.types import UtcDateTime

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None


def _key(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _foreign(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    op.create_table(
        "report_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.Column("kept_by", sa.String(200), nullable=False),
        sa.Column("removed_at", UtcDateTime()),
        _key("report_templates"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_report_templates_digest"), "report_templates", ["digest"])
    op.create_table(
        "report_schedules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("on_working_days", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("where", sa.JSON(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("addresses", sa.JSON(), nullable=False),
        sa.Column("template_id", sa.Integer()),
        sa.Column("person_id", sa.Integer()),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime()),
        sa.Column("version", sa.Integer(), nullable=False),
        _key("report_schedules"),
        _foreign("report_schedules", "template_id", "report_templates"),
        _foreign("report_schedules", "person_id", "people"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "report_mails",
        sa.Column("claimed_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", UtcDateTime()),
        sa.Column("error", sa.Text()),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("occurrence", sa.String(40), nullable=False),
        sa.Column("recipient", sa.String(330), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("report_id", sa.Integer()),
        sa.Column("handed_at", UtcDateTime()),
        _key("report_mails"),
        _foreign("report_mails", "schedule_id", "report_schedules"),
        _foreign("report_mails", "report_id", "reports"),
        sa.UniqueConstraint(
            "schedule_id", "occurrence", "recipient", name=op.f("uq_report_mails_schedule_id_occurrence_recipient")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_report_mails_report_id"), "report_mails", ["report_id"])
    op.add_column("reports", sa.Column("summary", sa.Text()))
    op.add_column("reports", sa.Column("notes", sa.JSON()))


def downgrade() -> None:
    with op.batch_alter_table("reports") as reports:
        reports.drop_column("notes")
        reports.drop_column("summary")
    for table in ("report_mails", "report_schedules", "report_templates"):
        op.drop_table(table)
