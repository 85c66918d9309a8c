"""An event loop whose clock jumps to the next thing due: a test waits for hours and takes no time."""

import asyncio
import selectors
from typing import Any


class _Selector(selectors.DefaultSelector):
    """Never waits for time to pass; says how long it would have."""

    skipped = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, Any]]:
        """What is ready now. Waits only when nothing at all is due: for another thread to wake the loop."""
        if timeout is None:
            return super().select(None)
        if ready := super().select(0):
            return ready
        self.skipped += max(timeout, 0)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """The usual loop, with virtual time. Starts at zero."""

    def __init__(self) -> None:
        self._clock = _Selector()
        super().__init__(self._clock)

    def time(self) -> float:
        """Seconds that were skipped."""
        return self._clock.skipped


async def pass_time(seconds: float) -> None:
    """Let the loop's time pass, and what is due in it happen."""
    await asyncio.sleep(seconds)
