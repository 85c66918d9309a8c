"""The operating system's password store, through `keyring`. Every call may block: a prompt may be on the screen."""

from contextlib import closing
from enum import StrEnum
from typing import Any, Protocol

PLAIN_BACKENDS = ("keyrings.alt.", "keyring.backends.fail", "keyring.backends.null")
"""No store, or one that keeps what it is given in a plain file: the same as none (no fallback to plain text)."""


class VaultState(StrEnum):
    """What can be expected of the password store."""

    NONE = "none"
    LOCKED = "locked"
    """It will ask for its password, and may wait for it for ever."""
    READY = "ready"
    NO_COLLECTION = "no_collection"
    """It was never set up. Writing to it would ask for a new password: not something to spring on an agent."""


class Vault(Protocol):
    """One entry of a password store. Any call may raise anything: backends are foreign code."""

    def state(self) -> VaultState:
        """What can be expected. Reads no secret."""

    def read(self) -> str | None:
        """What was written last, or None."""

    def write(self, secret: str) -> None:
        """Keep this."""

    def erase(self) -> None:
        """Keep nothing. An error when there was nothing."""


class KeyringVault:
    """One entry of the operating system's password store."""

    def __init__(self, service: str, entry: str) -> None:
        """*service* is what the store's own window lists it under."""
        self._service = service
        self._entry = entry

    def state(self) -> VaultState:
        """See `Vault.state`."""
        names = [f"{type(backend).__module__}." for backend in _backends()]
        if any(name.startswith(PLAIN_BACKENDS) for name in names):
            return VaultState.NONE
        if any("SecretService" in name for name in names):
            return _secret_service_state()
        return VaultState.READY

    def read(self) -> str | None:
        """See `Vault.read`."""
        found = _keyring().get_password(self._service, self._entry)
        return found if isinstance(found, str) else None

    def write(self, secret: str) -> None:
        """See `Vault.write`."""
        _keyring().set_password(self._service, self._entry, secret)

    def erase(self) -> None:
        """See `Vault.erase`."""
        _keyring().delete_password(self._service, self._entry)


def _keyring() -> Any:
    import keyring  # start-up time: 50 to 100 ms, and backends are looked for

    return keyring


def _backends() -> list[Any]:
    backend = _keyring().get_keyring()
    return list(getattr(backend, "backends", [backend])) or [backend]


def _secret_service_state() -> VaultState:
    import secretstorage  # is only there on Linux

    try:
        with closing(secretstorage.dbus_init()) as bus:
            locked = secretstorage.get_default_collection(bus).is_locked()
    except secretstorage.exceptions.SecretServiceNotAvailableException:
        return VaultState.NONE
    except secretstorage.exceptions.SecretStorageException:
        return VaultState.NO_COLLECTION
    return VaultState.LOCKED if locked else VaultState.READY
