"""The password store through `keyring`, with a backend of ours in the place of the operating system's."""

from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from keyring.errors import PasswordDeleteError

from console.vault import KeyringVault, VaultState


class Backend(KeyringBackend):
    """Keeps its entries in memory."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's own
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """See `KeyringBackend`."""
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """See `KeyringBackend`."""
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """See `KeyringBackend`."""
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not found")


class Chain(Backend):
    """Several backends behind one, as `keyring` combines them."""

    def __init__(self, *backends: KeyringBackend) -> None:
        super().__init__()
        self.backends = backends


@pytest.fixture
def backend() -> Iterator[Backend]:
    before, made = keyring.get_keyring(), Backend()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_an_entry_is_written_read_and_erased(backend: Backend) -> None:
    vault, other = KeyringVault("Rightful (a)", "session"), KeyringVault("Rightful (b)", "session")
    assert vault.state() is VaultState.READY
    vault.write("t0ken")
    assert backend.kept == {("Rightful (a)", "session"): "t0ken"}
    assert (vault.read(), other.read()) == ("t0ken", None)
    vault.erase()
    assert vault.read() is None
    with pytest.raises(PasswordDeleteError):
        vault.erase()


@pytest.mark.usefixtures("backend")
def test_a_store_in_plain_text_or_none_at_all_is_none() -> None:
    plain = type("PlaintextKeyring", (Backend,), {"__module__": "keyrings.alt.file"})()
    none = fail.Keyring()  # type: ignore[no-untyped-call]  # keyring's own
    for backend in (none, plain, Chain(plain)):
        keyring.set_keyring(backend)
        assert KeyringVault("Rightful", "session").state() is VaultState.NONE
    keyring.set_keyring(Chain(Backend()))
    assert KeyringVault("Rightful", "session").state() is VaultState.READY
