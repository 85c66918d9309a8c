"""What any process on this database has written into the audit log lately, for whoever is to be told."""

from sqlalchemy import Select, bindparam, func, select

from services.domain.audit.lately import Happened, Lately
from services.storage.database import Database
from services.storage.tables import audit_checkpoints, audit_entries

MOST = 1000
"""Entries at a time."""

_entries = audit_entries.c
_signed = func.coalesce(select(func.max(audit_checkpoints.c.size)).scalar_subquery(), 0)
_NEWEST: Select[int, int] = select(func.coalesce(func.max(_entries.serial), 0), _signed)
_size = select(_signed.label("size")).subquery()
_columns = (_size.c.size, _entries.serial, _entries.event, _entries.case_id, _entries.subject)
_LATELY = (
    select(*_columns)
    .select_from(_size.outerjoin(audit_entries, _entries.serial > bindparam("after")))
    .order_by(_entries.serial)
    .limit(MOST)
)
"""One row at least, which says how far the log is signed: two probes of an index, and the entries there are."""


class SqlLog:
    """The audit log's end. Each method is one statement."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def end(self) -> Lately:
        """How far it goes, and nothing that happened."""
        with self._database.reading() as connection:
            serial, size = connection.execute(_NEWEST).one()
        return Lately(happened=(), newest=serial, size=size)

    def after(self, serial: int) -> Lately:
        """What happened after an entry, oldest first, and perhaps not all of it."""
        with self._database.reading() as connection:
            rows = connection.execute(_LATELY, {"after": serial}).all()
        happened = tuple(
            Happened(serial=row.serial, event=row.event, case=row.case_id, subject=row.subject)
            for row in rows
            if row.serial is not None
        )
        newest = happened[-1].serial if happened else serial
        return Lately(happened=happened, newest=newest, size=rows[0].size, is_all=len(happened) < MOST)
