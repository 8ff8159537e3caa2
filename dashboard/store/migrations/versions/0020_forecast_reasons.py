"""Kept forecasts tell how each day came about and how well their way did."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staffing_forecasts", sa.Column("told", sa.JSON(), nullable=True))
    op.add_column("staffing_forecast_days", sa.Column("factors", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("staffing_forecast_days", "factors")
    op.drop_column("staffing_forecasts", "told")
