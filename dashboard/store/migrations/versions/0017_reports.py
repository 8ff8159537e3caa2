"""Reports that were made, who fetched them, and the columns that people want of the list of tickets."""

import sqlalchemy as sa
from alembic import op

from dashboard.store.types import UtcDateTime

revision = "0017"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("person_id", sa.Integer()),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime()),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("done", sa.Double(), nullable=False),
        sa.Column("problem", sa.Text()),
        sa.Column("digest", sa.String(64)),
        sa.Column("size", sa.Integer()),
        sa.Column("rows", sa.Integer()),
        sa.CheckConstraint(
            "state IN ('waiting', 'making', 'done', 'failed', 'cancelled')", name=op.f("ck_reports_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reports_person_id_people")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_reports_asked_at"), "reports", ["asked_at"])
    op.create_table(
        "report_fetches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("person_id", sa.Integer()),
        sa.Column("by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_fetches")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_report_fetches_report_id_reports")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_report_fetches_person_id_people")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_report_fetches_report_id"), "report_fetches", ["report_id"])
    op.create_table(
        "report_columns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer()),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_columns")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_report_columns_person_id_people")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_report_columns_person_id"), "report_columns", ["person_id"])


def downgrade() -> None:
    op.drop_table("report_columns")
    op.drop_table("report_fetches")
    op.drop_table("reports")
