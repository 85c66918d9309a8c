"""What a desk is put together from. `console.opening` takes the real ones, a test brings its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from console.aside import Aside
from console.backoff import Chance, chance
from console.ports import Service
from console.session import Session
from console.store import Store
from console.telling import Teller
from console.wording import Wording


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a desk is put together from."""

    server: str
    service: Service
    session: Session
    open_store: Callable[[], Awaitable[Store]]
    """Called once, a moment after the first sign-in. Raises `StoreUnusable`."""
    store_rest: float = 0.0
    """Seconds after signing in until the store is opened, unless it is needed before."""
    disk: Aside
    """Where the store's calls are made."""
    vault: Aside
    """Where the session's calls to the password store are made. The desk only ends it."""
    wording: Wording
    now: Callable[[], datetime] = _now
    """Aware, UTC."""
    chance: Chance = field(default=chance)

    @property
    def teller(self) -> Teller:
        """Words what went wrong."""
        return Teller(self.wording)
