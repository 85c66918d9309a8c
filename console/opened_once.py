"""The local store, opened a moment after signing in, or as soon as it is needed."""

import asyncio
import logging

from console.board import Board
from console.parts import Parts
from console.state.changes import drafts_are_unsafe, found_unsent, told
from console.state.desk_state import Tone
from console.store import MemoryStore, Owner, Store, StoreUnusable

CLOSE_SECONDS = 1.0

_log = logging.getLogger(__name__)


class OpenedOnce:
    """Opens the store once, whoever needs it first. Where there is none, memory takes its place, and that is said."""

    def __init__(self, parts: Parts, board: Board) -> None:
        self._parts, self._board = parts, board
        self._opening: asyncio.Task[Store] | None = None

    async def store(self) -> Store:
        """The store. It goes on being opened even if whoever asked for it went away."""
        if self._opening is None:
            self._opening = asyncio.get_running_loop().create_task(self._open())
        return await asyncio.shield(self._opening)

    async def recall(self, owner: Owner | None) -> None:
        """Show what *owner* left unsent; nothing when nobody is signed in."""
        if owner is None:
            return
        store = await self.store()
        drafts = await self._parts.disk.attempt(lambda: store.drafts(owner))
        session = self._board.state.session
        if drafts.result is not None and session is not None and session.staff.id == owner.staff_id:
            self._board.apply(found_unsent(drafts.result))

    async def close(self) -> None:
        """Let go of the store, if it was ever opened."""
        if self._opening is not None:
            store = await self.store()
            await self._parts.disk.attempt(store.close, CLOSE_SECONDS)

    async def _open(self) -> Store:
        try:
            return await self._parts.open_store()
        except StoreUnusable as error:
            _log.info("The local store cannot be used: %s", error)
            unsafe = self._parts.teller.trouble("drafts_unsafe", Tone.NOTICE)
            self._board.apply(drafts_are_unsafe, told(unsafe))
            return MemoryStore()
