"""The built-in customers' directory, in the same database: every change is repeatable without doing harm."""

from datetime import datetime

from sqlalchemy import Connection, delete, update

from services.domain.account import Authenticator, RecoveryCodes
from services.storage import tables
from services.storage.mappers import AUTHENTICATORS, RECOVERY_CODES
from services.storage.records import Records
from services.storage.sealing import Sealer
from services.vocabulary import AccountId


class BuiltInDirectory:
    """Customers' credentials, changed within the transaction that records the change."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer

    def revoke_sessions(self, account_id: AccountId) -> int:
        """End every session of the customer; returns how many there were."""
        sessions = tables.customer_sessions
        return self._connection.execute(delete(sessions).where(sessions.c.account_id == account_id)).rowcount

    def disable_authenticator(self, account_id: AccountId, authenticator_id: str, now: datetime) -> bool:
        """Take one authenticator out of use, its secret erased; False when it was already, or is not on file."""
        table = tables.authenticators
        wanted = (table.c.id == authenticator_id, table.c.account_id == account_id, table.c.disabled_at.is_(None))
        changed = {"secret": None, "disabled_at": now, "version": table.c.version + 1}
        return self._connection.execute(update(table).where(*wanted).values(changed)).rowcount == 1

    def remove_authenticator(self, account_id: AccountId, authenticator_id: str) -> bool:
        """Remove one authenticator; False when it was gone already."""
        table = tables.authenticators
        wanted = (table.c.id == authenticator_id, table.c.account_id == account_id)
        return self._connection.execute(delete(table).where(*wanted)).rowcount == 1

    def forget_devices(self, account_id: AccountId) -> int:
        """Forget the trusted devices; returns how many there were."""
        devices = tables.trusted_devices
        return self._connection.execute(delete(devices).where(devices.c.account_id == account_id)).rowcount

    def unlock(self, account_id: AccountId) -> bool:
        """End a lock; False when there was none."""
        table = tables.accounts
        locked = (table.c.id == account_id, table.c.locked_at.is_not(None))
        changed = {"locked_at": None, "version": table.c.version + 1}
        return self._connection.execute(update(table).where(*locked).values(changed)).rowcount == 1

    def set_password(self, account_id: AccountId, password_hash: str, now: datetime) -> None:
        """Replace the password's hash."""
        table = tables.accounts
        changed = {"password_hash": password_hash, "password_changed_at": now, "version": table.c.version + 1}
        self._connection.execute(update(table).where(table.c.id == account_id).values(changed))

    def bind_totp(self, authenticator: Authenticator) -> None:
        """Bind a new authenticator."""
        Records(self._connection, self._sealer, AUTHENTICATORS).put(authenticator)

    def replace_recovery_codes(self, codes: RecoveryCodes) -> None:
        """Replace the saved recovery codes."""
        table = tables.recovery_codes
        self._connection.execute(delete(table).where(table.c.id == codes.id))
        Records(self._connection, self._sealer, RECOVERY_CODES).put(codes)
