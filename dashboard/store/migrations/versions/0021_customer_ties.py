"""Customers that were brought together by hand."""

import sqlalchemy as sa
from alembic import op

from dashboard.store.types import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer_ties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(100), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("other_source", sa.String(100), nullable=False),
        sa.Column("other_customer", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("tied_by", sa.String(200), nullable=False),
        sa.Column("tied_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_ties")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("customer_ties")
