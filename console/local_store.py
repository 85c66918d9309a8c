"""The desktop's own database: SQLite in the user's data folder, opened after the first paint.

Write-ahead log with `synchronous=FULL`: a saved note survives `kill -9` under any setting, but only FULL survives the
power going out, and at one save a second, off the window's thread, its flush costs nobody anything.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from console.sealing import Seal, Unreadable
from console.state.desk_state import Draft
from console.store import Alarm, AlarmKind, Owner, Seen, StoreUnusable
from services.vocabulary import CaseId, StaffId

SCHEMA_VERSION = 1
"""In SQLite's `user_version`. A newer one is left alone."""

_metadata = sa.MetaData()
_drafts = sa.Table(
    "drafts",
    _metadata,
    sa.Column("server", sa.Text, primary_key=True),
    sa.Column("staff_id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("saved_at", sa.Text, nullable=False),
)
_logs = sa.Table(
    "logs",
    _metadata,
    sa.Column("server", sa.Text, primary_key=True),
    sa.Column("vkey", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
)
_alarms = sa.Table(
    "alarms",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("server", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("vkey", sa.Text, nullable=False),
    sa.Column("held_note", sa.Text, nullable=False),
    sa.Column("held_size", sa.BigInteger, nullable=False),
    sa.Column("offered", sa.Text, nullable=False),
    sa.Column("offered_size", sa.BigInteger, nullable=False),
    sa.Column("raised_at", sa.Text, nullable=False),
    sa.Column("acknowledged_at", sa.Text),
    sa.Column("acknowledged_by", sa.Text),
)


class LocalStore:
    """A `console.store.Store` on disk. Its methods are described there."""

    def __init__(self, file: Path, seal: Seal) -> None:
        """Open the store, or make it.

        Raises:
            StoreUnusable: When the disk, the file or its version does not allow it.
        """
        self._seal = seal
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.touch(mode=0o600)
        except OSError as error:
            raise StoreUnusable(f"{file}: {error.strerror}") from None
        self._engine = sa.create_engine(sa.URL.create("sqlite", database=str(file)))
        sa.event.listen(self._engine, "connect", _prepare)
        try:
            self._migrate()
        except StoreUnusable:
            self.close()
            raise

    def save_draft(self, owner: Owner, draft: Draft) -> None:
        """See `Store.save_draft`."""
        where = _of(owner, draft.case_id)
        with self._changing() as work:
            work.execute(sa.delete(_drafts).where(_drafts.c.case_id == draft.case_id, *_owned(owner)))
            if draft.text:
                sealed = self._seal.close(draft.text, _place(owner, draft.case_id))
                kept = {"number": draft.number, "sealed": sealed, "saved_at": _written(draft.saved_at)}
                work.execute(sa.insert(_drafts).values(**where, **kept))

    def drop_draft(self, owner: Owner, case_id: CaseId, text: str) -> None:
        """See `Store.drop_draft`."""
        if any(draft.case_id == case_id and draft.text.strip() == text.strip() for draft in self.drafts(owner)):
            with self._changing() as work:
                work.execute(sa.delete(_drafts).where(_drafts.c.case_id == case_id, *_owned(owner)))

    def drafts(self, owner: Owner) -> tuple[Draft, ...]:
        """See `Store.drafts`. One that cannot be opened, for want of its key, is passed over and kept."""
        query = sa.select(_drafts).where(*_owned(owner)).order_by(_drafts.c.saved_at.desc())
        with self._changing() as work:
            rows = work.execute(query).all()
        opened = (self._opened(owner, row) for row in rows)
        return tuple(draft for draft in opened if draft is not None)

    def seen(self, server: str) -> Seen | None:
        """See `Store.seen`."""
        with self._changing() as work:
            row = work.execute(sa.select(_logs).where(_logs.c.server == server)).one_or_none()
        return None if row is None else Seen(vkey=row.vkey, note=row.note, size=row.size)

    def remember(self, server: str, seen: Seen) -> None:
        """See `Store.remember`. Two desktops of one user may race: the longer log wins."""
        longer = sa.or_(_logs.c.size <= seen.size, _logs.c.vkey != seen.vkey)
        with self._changing() as work:
            work.execute(_upsert(server, seen, where=longer))

    def alarm(self, server: str) -> Alarm | None:
        """See `Store.alarm`."""
        query = sa.select(_alarms).where(*_open_alarm(server)).order_by(_alarms.c.id).limit(1)
        with self._changing() as work:
            row = work.execute(query).one_or_none()
        if row is None:
            return None
        return Alarm(
            kind=AlarmKind(row.kind),
            held=Seen(vkey=row.vkey, note=row.held_note, size=row.held_size),
            offered=row.offered,
            offered_size=row.offered_size,
            raised_at=datetime.fromisoformat(row.raised_at),
        )

    def raise_alarm(self, server: str, alarm: Alarm) -> None:
        """See `Store.raise_alarm`."""
        held = {"vkey": alarm.held.vkey, "held_note": alarm.held.note, "held_size": alarm.held.size}
        offered = {"offered": alarm.offered, "offered_size": alarm.offered_size}
        with self._changing() as work:
            if work.execute(sa.select(_alarms.c.id).where(*_open_alarm(server))).first() is None:
                raised = {"server": server, "kind": alarm.kind, "raised_at": _written(alarm.raised_at)}
                work.execute(sa.insert(_alarms).values(**raised, **held, **offered))

    def acknowledge(self, server: str, by: StaffId, at: datetime, after: Seen) -> None:
        """See `Store.acknowledge`."""
        known = {"acknowledged_at": _written(at), "acknowledged_by": by}
        with self._changing() as work:
            if work.execute(sa.update(_alarms).where(*_open_alarm(server)).values(**known)).rowcount:
                work.execute(_upsert(server, after))

    def close(self) -> None:
        """See `Store.close`."""
        self._engine.dispose()

    def _migrate(self) -> None:
        with self._changing() as work:
            version = work.execute(sa.text("PRAGMA user_version")).scalar_one()
            if version > SCHEMA_VERSION:
                raise StoreUnusable(f"it was written by a newer Rightful (version {version})")
            if version < SCHEMA_VERSION:
                _metadata.create_all(work)
                work.execute(sa.text(f"PRAGMA user_version = {SCHEMA_VERSION:d}"))

    @contextmanager
    def _changing(self) -> Iterator[sa.Connection]:
        """One transaction, as durable as the disk allows when it is left."""
        try:
            with self._engine.begin() as work:
                yield work
        except sa.exc.SQLAlchemyError as error:
            raise StoreUnusable(str(getattr(error, "orig", None) or type(error).__name__)) from None

    def _opened(self, owner: Owner, row: sa.Row[Any]) -> Draft | None:
        try:
            text = self._seal.open(row.sealed, _place(owner, row.case_id))
        except Unreadable:
            return None
        saved_at = datetime.fromisoformat(row.saved_at)
        return Draft(case_id=CaseId(row.case_id), number=row.number, text=text, saved_at=saved_at)


def _prepare(connection: Any, _: object) -> None:
    """Settings of each new connection; the first takes the file's write-ahead log into use."""
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _upsert(server: str, seen: Seen, where: sa.ColumnElement[bool] | None = None) -> Any:
    values = {"vkey": seen.vkey, "note": seen.note, "size": seen.size}
    return insert(_logs).values(server=server, **values).on_conflict_do_update(["server"], set_=values, where=where)


def _owned(owner: Owner) -> tuple[sa.ColumnElement[bool], ...]:
    return _drafts.c.server == owner.server, _drafts.c.staff_id == owner.staff_id


def _of(owner: Owner, case_id: CaseId) -> dict[str, str]:
    return {"server": owner.server, "staff_id": owner.staff_id, "case_id": case_id}


def _place(owner: Owner, case_id: str) -> str:
    return f"{owner.server}\n{owner.staff_id}\n{case_id}"


def _open_alarm(server: str) -> tuple[sa.ColumnElement[bool], ...]:
    return _alarms.c.server == server, _alarms.c.acknowledged_at.is_(None)


def _written(at: datetime) -> str:
    """UTC in ISO 8601: sorts as text."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
