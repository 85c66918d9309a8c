"""Revision 0003: authenticators out of use."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Change the tables. There is no way back but a backup."""
    op.add_column("authenticators", sa.Column("disabled_at", sa.BigInteger(), nullable=True))
