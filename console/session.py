"""The session's token: in the operating system's password store, or in memory where there is none, and it says which.

NIST SP 800-63B-4 section 5.1 would rather have bearer tokens end with the program (N-SES-05). Ours end after 15 idle
minutes and 12 hours in any case; what the password store buys is that a crash in the middle of a call costs no sign-in.
"""

import asyncio
import logging
from collections.abc import Callable

from console.aside import Aside, Attempt
from console.state.desk_state import TokenHome
from console.vault import Vault, VaultState

PROBE_SECONDS = 5.0
UNLOCK_SECONDS = 60.0
"""How long a person may take to answer the password store's prompt."""
QUIET_SECONDS = 1.0
"""A password store that takes longer than this is probably asking for something."""
WRITE_SECONDS = 5.0

_log = logging.getLogger(__name__)


def service_name(server: str) -> str:
    """What the password store lists the token under: one for each service, so that a demo never meets the real one."""
    return f"Rightful ({server})"


class Session:
    """Keeps one token. Never shows it, in logs or anywhere."""

    def __init__(self, vault: Vault, aside: Aside) -> None:
        self._vault = vault
        self._aside = aside
        self._token: str | None = None
        self._usable = False

    def token(self) -> str | None:
        """The token now, or None when nobody is signed in."""
        return self._token

    def __repr__(self) -> str:
        return f"Session(signed_in={self._token is not None})"

    async def recall(self, waiting: Callable[[], None]) -> bool:
        """Fetch the token of an earlier run; whether there is one.

        *waiting* is called when the password store seems to be asking the agent for its password. If it is not
        answered, the session goes on in memory.
        """
        state = await self._state()
        if not self._usable:
            return False
        delay = 0.0 if state is VaultState.LOCKED else QUIET_SECONDS
        prompt = asyncio.get_running_loop().call_later(delay, waiting)
        try:
            attempt = await self._aside.attempt(self._vault.read, UNLOCK_SECONDS)
        finally:
            prompt.cancel()
        self._usable = _went_well("read", attempt)
        self._token = attempt.result or None
        return self._token is not None

    async def keep(self, token: str) -> TokenHome:
        """Keep a new token, and say where."""
        self._token = token
        if not self._usable:
            await self._state()
        if self._usable:
            written = await self._aside.attempt(lambda: self._vault.write(token), WRITE_SECONDS)
            self._usable = _went_well("write", written)
        return self.home

    async def forget(self) -> None:
        """Keep no token: gone from memory at once, and from the password store in its turn."""
        self._token = None
        await self._erase()

    async def forget_after_this_run(self) -> None:
        """Leave nothing behind for the next run; the token stays usable until `forget`."""
        await self._erase()

    @property
    def home(self) -> TokenHome:
        """Where the token is kept."""
        return TokenHome.KEYRING if self._usable else TokenHome.MEMORY

    async def _state(self) -> VaultState | None:
        attempt = await self._aside.attempt(self._vault.state, PROBE_SECONDS)
        self._usable = _went_well("probe", attempt) and attempt.result in (VaultState.READY, VaultState.LOCKED)
        return attempt.result

    async def _erase(self) -> None:
        """Also when the store was unusable: a write that came too late may have arrived after all."""
        await self._aside.attempt(self._vault.erase, WRITE_SECONDS)


def _went_well(what: str, attempt: Attempt[object]) -> bool:
    if attempt.late or attempt.error is not None:
        kind = "no answer in time" if attempt.late else type(attempt.error).__name__
        _log.info("The password store could not be used (%s: %s).", what, kind)
        return False
    return True
