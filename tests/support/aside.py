"""Blocking calls made in place, for tests in virtual time, and one that a test holds back."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from console.aside import Attempt

Result = TypeVar("Result")


class InPlace:
    """An `Aside` that calls at once, or after so many seconds of the loop's time.

    Calls named in `late` never come back in time, but are made all the same.
    """

    def __init__(self, *late: str, takes: float = 0.0) -> None:
        self.late = set(late)
        self._takes = takes
        self.closed = False

    async def attempt(self, work: Callable[[], Result], seconds: float | None = None) -> Attempt[Result]:
        """See `console.aside.Aside`."""
        await asyncio.sleep(self._takes)
        late = getattr(work, "__name__", "") in self.late
        try:
            result = work()
        except (RuntimeError, OSError) as error:
            return Attempt(late=True) if late else Attempt(error=error)
        return Attempt(late=True) if late else Attempt(result=result)

    def close(self) -> None:
        """Nothing to end."""
        self.closed = True
