"""A job that many events ask for, and that runs no more often than it must."""

import asyncio
from collections.abc import Awaitable, Callable


class Coalesced:
    """Runs a job when asked. Whatever is asked for while it runs, or rests, is one more run."""

    def __init__(self, job: Callable[[], Awaitable[object]], rest: float) -> None:
        """*rest* is how many seconds lie at least between two runs."""
        self._job = job
        self._rest = rest
        self._wanted = asyncio.Event()

    def ask(self) -> None:
        """Have it run, soon."""
        self._wanted.set()

    async def run(self) -> None:
        """Run the job whenever it was asked for. Ends with its first error."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            await self._job()
            await asyncio.sleep(self._rest)
