"""While an earlier session is being resumed and the service is away: say so, and wait before it is asked again."""

import asyncio

from console.backoff import pause
from console.board import Board
from console.parts import Parts
from console.state.changes import service_away

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 15.0
"""Seconds between two times that the service is asked; each asking has tries of its own."""


class Patience:
    """Waits longer each time."""

    def __init__(self, parts: Parts, board: Board) -> None:
        self._parts, self._board = parts, board
        self._times = 0

    async def wait(self) -> None:
        """Say that the service is away, and return when it is time to ask again."""
        self._times += 1
        self._board.apply(service_away(self._parts.teller.trouble("still_resuming")))
        await asyncio.sleep(pause(self._times, first=FIRST_PAUSE, most=LONGEST_PAUSE, chance=self._parts.chance))
