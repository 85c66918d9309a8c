"""Runs migrations for `services.storage.migrating`, which hands over the connection; Alembic loads this file."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from services.storage.tables import Utc, metadata


def rendered(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Times are written as the integers that they are stored as: a revision does not change with our classes."""
    return "sa.BigInteger()" if kind == "type" and isinstance(item, Utc) else False


def run() -> None:
    """On the connection that was handed over, in its transaction; without one, as SQL text."""
    connection = context.config.attributes.get("connection")
    if connection is None:
        context.configure(
            dialect_name=context.config.attributes["dialect"],
            target_metadata=metadata,
            literal_binds=True,
            output_buffer=context.config.attributes["output"],
            transactional_ddl=True,
        )
    else:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=True,
            render_item=rendered,
            transaction_per_migration=False,
        )
    with context.begin_transaction():
        context.run_migrations()


run()
