"""The load ledger, kept mappings, dated settings."""

import sqlalchemy as sa
from alembic import op

from dashboard.store.types import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "loads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("source", sa.String(200)),
        sa.Column("undoes", sa.Integer()),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.Column("as_of", UtcDateTime()),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('load', 'undo')", name=op.f("ck_loads_kind")),
        sa.ForeignKeyConstraint(["undoes"], ["loads.id"], name=op.f("fk_loads_undoes_loads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loads")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mappings",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("toml", sa.Text(), nullable=False),
        sa.Column("header", sa.String(64), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mappings")),
    )
    op.create_index(op.f("ix_mappings_header"), "mappings", ["header"])
    op.create_table(
        "settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settings")),
        sa.UniqueConstraint("key", "valid_from", name=op.f("uq_settings_key_valid_from")),
    )


def downgrade() -> None:
    op.drop_table("settings")
    op.drop_index(op.f("ix_mappings_header"), table_name="mappings")
    op.drop_table("mappings")
    op.drop_table("loads")
