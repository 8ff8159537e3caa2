"""Mail servers and robots that messages are sent by, and people's own addresses."""

import sqlalchemy as sa
from alembic import op

from dashboard.store.types import UtcDateTime

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sending_channels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("teams", sa.JSON(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("address", sa.Text()),
        sa.Column("secret", sa.Text()),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('mail', 'wecom', 'dingtalk', 'feishu', 'slack')", name=op.f("ck_sending_channels_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_channels")),
        sa.UniqueConstraint("name", name=op.f("uq_sending_channels_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mail_addresses",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mail_addresses")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_mail_addresses_person_id_people")),
    )


def downgrade() -> None:
    op.drop_table("mail_addresses")
    op.drop_table("sending_channels")
