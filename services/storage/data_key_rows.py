"""The wrapped data keys in their table."""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, insert, select, update

from services.storage.data_keys import DataKey, Purpose
from services.storage.tables import data_keys


def load_keys(connection: Connection) -> list[DataKey]:
    """Every data key; empty in a database that nothing was sealed in yet."""
    return [
        DataKey(id=row.id, purpose=Purpose(row.purpose), wrapped=row.wrapped, created_at=row.created_at)
        for row in connection.execute(select(data_keys))
    ]


def add_keys(connection: Connection, keys: Iterable[DataKey]) -> None:
    """Store new data keys."""
    rows = [
        {"id": key.id, "purpose": key.purpose, "wrapped": key.wrapped, "created_at": key.created_at} for key in keys
    ]
    connection.execute(insert(data_keys), rows)


def replace_wrapping(connection: Connection, keys: Iterable[DataKey]) -> None:
    """Store the present data keys as they are wrapped now."""
    change = update(data_keys).where(data_keys.c.id == bindparam("of")).values(wrapped=bindparam("anew"))
    connection.execute(change, [{"of": key.id, "anew": key.wrapped} for key in keys])
