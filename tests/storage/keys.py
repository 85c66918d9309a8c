"""A key ring in memory, and the data keys of a new database."""

from datetime import UTC, datetime

from services.secret import Secret
from services.storage.data_keys import first_data_keys
from services.storage.sealing import Sealer

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class KeyInMemory:
    """A key ring whose key is one byte over and over."""

    def __init__(self, octet: int = 1) -> None:
        self._key = bytes([octet]) * 32

    def load(self) -> Secret[bytes]:
        """The key."""
        return Secret(self._key)


def new_sealer() -> Sealer:
    """A sealer over fresh random keys."""
    return Sealer(KeyInMemory(), first_data_keys(KeyInMemory(), START))
