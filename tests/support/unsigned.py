"""What the audit log has not signed yet."""

from sqlalchemy import func, select

from services.storage.database import Database
from services.storage.tables import audit_entries


def unsigned(database: Database) -> int:
    """How many entries have no place in the tree yet."""
    query = select(func.count()).select_from(audit_entries).where(audit_entries.c.leaf_index.is_(None))
    with database.reading() as connection:
        return connection.execute(query).scalar_one()
