"""From which browser somebody signed in, by a hash: others' failed tries from the same address do not count for it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("browser", sa.String(64)))
    op.add_column("sign_in_tries", sa.Column("browser", sa.String(64)))


def downgrade() -> None:
    with op.batch_alter_table("sign_in_tries") as tries:
        tries.drop_column("browser")
    with op.batch_alter_table("sessions") as sessions:
        sessions.drop_column("browser")
