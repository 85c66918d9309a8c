"""Revision 0004: open cases by age."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Change the tables. There is no way back but a backup."""
    op.create_index("ix_cases_open", "cases", ["state", "opened_at"], unique=False)
