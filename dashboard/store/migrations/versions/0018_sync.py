"""Connections to helpdesks, databases, folders and senders: how far each has read, its runs, what it took."""

import sqlalchemy as sa
from alembic import op

from dashboard.store.types import UtcDateTime

revision = "0018"
down_revision = "0015"
branch_labels = None
depends_on = None


def _key(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _of_connection(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_connection_id_sync_connections")
    return sa.ForeignKeyConstraint(["connection_id"], ["sync_connections.id"], name=name)


def _of_load(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["load_id"], ["loads.id"], name=op.f(f"fk_{table}_load_id_loads"))


def upgrade() -> None:
    op.create_table(
        "sync_connections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("source", sa.String(100), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("secret", sa.Text()),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _key("sync_connections"),
        sa.UniqueConstraint("name", name=op.f("uq_sync_connections_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sync_cursors",
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("load_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("connection_id", "load_id", name=op.f("pk_sync_cursors")),
        _of_connection("sync_cursors"),
        _of_load("sync_cursors"),
    )
    op.create_table(
        "sync_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.CheckConstraint("state IN ('running', 'done', 'failed')", name=op.f("ck_sync_runs_state")),
        _key("sync_runs"),
        _of_connection("sync_runs"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sync_runs_connection_id"), "sync_runs", ["connection_id"])
    op.create_table(
        "taken_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("load_id", sa.Integer()),
        sa.Column("refused", sa.JSON()),
        _key("taken_files"),
        _of_connection("taken_files"),
        _of_load("taken_files"),
        sa.UniqueConstraint("connection_id", "digest", name=op.f("uq_taken_files_connection_id_digest")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "pushed_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("body", sa.Text()),
        _key("pushed_events"),
        _of_connection("pushed_events"),
        sa.UniqueConstraint("connection_id", "delivery", name=op.f("uq_pushed_events_connection_id_delivery")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    for table in ("pushed_events", "taken_files", "sync_runs", "sync_cursors", "sync_connections"):
        op.drop_table(table)
