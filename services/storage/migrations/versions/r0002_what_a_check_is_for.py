"""Revision 0002: what a check is for."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Change the tables. There is no way back but a backup."""
    op.add_column("checks", sa.Column("wanted", sa.String(length=24), nullable=True))
