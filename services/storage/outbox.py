"""The outbox: effects that were committed with their decision, waiting for the worker."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import bindparam, select, update

from services.domain.outcome import Effect
from services.storage import tables
from services.storage.database import Database
from services.vocabulary import EffectKind

_TABLE = tables.outbox.c
_DUE = (
    select(tables.outbox)
    .where(_TABLE.handed_over_at.is_(None), _TABLE.kind.in_(tuple(EffectKind)))
    .order_by(_TABLE.serial)
    .limit(bindparam("limit"))
)
_HANDED_OVER = update(tables.outbox).where(_TABLE.id == bindparam("of")).values(handed_over_at=bindparam("now"))


class SqlOutbox:
    """The outbox's table, for the worker's dispatcher. Each method is one transaction."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock

    def due(self, limit: int) -> list[Effect]:
        """The oldest rows not handed over, at most *limit*. Kinds that only a newer version knows wait for it."""
        with self._database.reading() as connection:
            rows = connection.execute(_DUE, {"limit": limit}).all()
        return [Effect(key=row.id, kind=EffectKind(row.kind), payload=row.payload) for row in rows]

    def handed_over(self, key: str) -> None:
        """Mark a row as handed over."""
        with self._database.changing() as connection:
            connection.execute(_HANDED_OVER, {"of": key, "now": self._clock()})

    def take_back(self) -> None:
        """Make every row that was handed over, but is not settled, due again."""
        table = tables.outbox
        unsettled = (table.c.settled_at.is_(None), table.c.handed_over_at.is_not(None))
        with self._database.changing() as connection:
            connection.execute(update(table).where(*unsettled).values(handed_over_at=None))
