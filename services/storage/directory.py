"""The built-in customers' directory, in the same database: every change is repeatable without doing harm."""

from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, Delete, Table, Update, delete, update

from services.domain.account import Authenticator, RecoveryCodes
from services.storage import tables
from services.storage.mappers import AUTHENTICATORS, RECOVERY_CODES
from services.storage.mapping import Mapper
from services.storage.records import Records
from services.storage.sealing import Sealer
from services.vocabulary import AccountId

T = TypeVar("T")


class BuiltInDirectory:
    """Customers' credentials, changed within the transaction that records the change."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer
        self.written: set[str] = set()
        """Tables that were changed: the unit of work demands an audit entry for them."""

    def revoke_sessions(self, account_id: AccountId) -> int:
        """End every session of the customer; returns how many there were."""
        sessions = tables.customer_sessions
        return self._changed(sessions, delete(sessions).where(sessions.c.account_id == account_id))

    def disable_authenticator(self, account_id: AccountId, authenticator_id: str, now: datetime) -> bool:
        """Take one authenticator out of use, its secret erased; False when it was already, or is not on file."""
        table = tables.authenticators
        wanted = (table.c.id == authenticator_id, table.c.account_id == account_id, table.c.disabled_at.is_(None))
        changed = {"secret": None, "disabled_at": now, "version": table.c.version + 1}
        return self._changed(table, update(table).where(*wanted).values(changed)) == 1

    def remove_authenticator(self, account_id: AccountId, authenticator_id: str) -> bool:
        """Remove one authenticator; False when it was gone already."""
        table = tables.authenticators
        wanted = (table.c.id == authenticator_id, table.c.account_id == account_id)
        return self._changed(table, delete(table).where(*wanted)) == 1

    def forget_devices(self, account_id: AccountId) -> int:
        """Forget the trusted devices; returns how many there were."""
        devices = tables.trusted_devices
        return self._changed(devices, delete(devices).where(devices.c.account_id == account_id))

    def unlock(self, account_id: AccountId) -> bool:
        """End a lock; False when there was none."""
        table = tables.accounts
        locked = (table.c.id == account_id, table.c.locked_at.is_not(None))
        changed = {"locked_at": None, "version": table.c.version + 1}
        return self._changed(table, update(table).where(*locked).values(changed)) == 1

    def set_password(self, account_id: AccountId, password_hash: str, now: datetime) -> None:
        """Replace the password's hash."""
        table = tables.accounts
        changed = {"password_hash": password_hash, "password_changed_at": now, "version": table.c.version + 1}
        self._changed(table, update(table).where(table.c.id == account_id).values(changed))

    def bind_totp(self, authenticator: Authenticator) -> None:
        """Bind a new authenticator."""
        self._put(AUTHENTICATORS, authenticator)

    def replace_recovery_codes(self, codes: RecoveryCodes) -> None:
        """Replace the saved recovery codes."""
        table = tables.recovery_codes
        self._changed(table, delete(table).where(table.c.id == codes.id))
        self._put(RECOVERY_CODES, codes)

    def _changed(self, table: Table, statement: Update | Delete) -> int:
        """How many rows a statement changed: none is no change."""
        rows = self._connection.execute(statement).rowcount
        if rows:
            self.written.add(table.name)
        return rows

    def _put(self, mapper: Mapper[T], state: T) -> None:
        Records(self._connection, self._sealer, mapper).put(state)
        self.written.add(mapper.table.name)
