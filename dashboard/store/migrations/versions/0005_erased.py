"""Customers who were erased, by a keyed hash: an old file that is loaded again does not bring them back."""

import sqlalchemy as sa
from alembic import op

from dashboard.store.types import UtcDateTime

revision = "0005"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erased_customers",
        sa.Column("customer", sa.String(64), nullable=False),
        sa.Column("erased_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("customer", name=op.f("pk_erased_customers")),
    )


def downgrade() -> None:
    op.drop_table("erased_customers")
