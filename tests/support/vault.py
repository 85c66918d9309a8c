"""A password store of ours."""

from console.vault import VaultState


class MemoryVault:
    """Keeps one secret, or fails as it is told to."""

    def __init__(
        self, secret: str | None = None, state: VaultState = VaultState.READY, *, broken: bool = False
    ) -> None:
        self.secret = secret
        self.broken = broken
        self._state = state

    def state(self) -> VaultState:
        """See `console.vault.Vault`."""
        return self._state

    def read(self) -> str | None:
        """See `console.vault.Vault`."""
        self._work()
        return self.secret

    def write(self, secret: str) -> None:
        """See `console.vault.Vault`."""
        self._work()
        self.secret = secret

    def erase(self) -> None:
        """See `console.vault.Vault`."""
        self._work()
        if self.secret is None:
            raise RuntimeError("no such entry")
        self.secret = None

    def _work(self) -> None:
        if self.broken:
            raise RuntimeError("the daemon is gone")
