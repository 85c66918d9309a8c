"""An audit log in a database, with entries about made-up subjects."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from services.domain.audit.report import Report
from services.domain.audit.signing import Ed25519Signer
from services.domain.outcome import Outcome
from services.storage import tables
from services.storage.audit_check import verify_database
from services.storage.audit_store import AuditStore
from services.storage.database import Database
from services.storage.last_signed import LastSigned, LastSignedFile
from services.storage.unit_of_work import SqlStorage
from tests.domain.audit.logs import SIGNER, entry
from tests.storage.keys import new_sealer

NOW = datetime(2026, 5, 1, tzinfo=UTC)


class NotRemembered:
    """Remembers nothing: a rolled back database then shows only to witnesses, not to the log itself."""

    def read(self) -> str | None:
        """Never anything."""
        return None

    def keep(self, note: str) -> None:
        """Forget it at once."""


class Log:
    """A database in a folder, and the parts that write and read its audit log."""

    def __init__(self, folder: Path, signer: Ed25519Signer = SIGNER) -> None:
        self.path = folder / "rightful.db"
        self.sealer = new_sealer()
        self.database = Database(f"sqlite:///{self.path}")
        tables.metadata.create_all(self.database.engine)
        self.storage = SqlStorage(self.database, self.sealer, lambda: NOW)
        self.memory = LastSignedFile(folder / "last-signed")
        self.store = self.opened(signer)
        self.written = 0

    def opened(self, signer: Ed25519Signer = SIGNER, memory: LastSigned | None = None) -> AuditStore:
        """Another process's view of the log."""
        return AuditStore(self.database, self.sealer, signer, lambda: NOW, memory or self.memory)

    def write(self, count: int = 1, prose: str | None = None, subject: str = "acct_1") -> None:
        """Record so many outcomes, in one transaction."""
        with self.storage.changing() as work:
            for _ in range(count):
                work.record(Outcome(state=None, entry=replace(entry(self.written, prose), subject=subject)))
                self.written += 1

    def grow(self, *sizes: int) -> None:
        """Write and integrate until the log was signed at each of these sizes."""
        for size in sizes:
            self.write(size - self.written)
            assert self.store.integrate() is not None

    def tamper(self, *statements: str) -> None:
        """Change rows behind the log's back."""
        with self.database.changing() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def verified(self, *remembered: str) -> Report:
        """What a check of the database says."""
        with self.database.reading() as connection:
            return verify_database(connection, self.sealer, self.store.key, remembered)
