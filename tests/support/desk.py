"""A desk with every part of it in the test's hand: service, password store, disk and clock."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from console.desk import Desk
from console.parts import Parts
from console.session import Session
from console.state.desk_state import Connection, DeskState, Standing
from console.store import MemoryStore, Store, StoreUnusable
from console.wording import load
from services.contract.audit import READ_CHECKPOINT, Checkpoint
from services.contract.cases import LIST_CASES, OPEN_CASE, READ_CASE, CaseList
from services.contract.events import Topic
from services.contract.staff import CURRENT_SESSION, SIGN_IN, SIGN_OUT, Nothing, SessionOpened
from services.vocabulary import Channel
from tests.support.aside import InPlace
from tests.support.calls import Scripted
from tests.support.cards import NOW, case_card, session_card
from tests.support.log import Log
from tests.support.vault import MemoryVault

SERVER = "https://desk.example.com"
TOKEN = "t0ken-canary"


class Scene:
    """A desk, and everything around it. Time is the loop's, from `NOW` on."""

    def __init__(
        self, vault: MemoryVault | None = None, store: Store | None = None, *, store_rest: float = 0.0
    ) -> None:
        self.log = Log("a", "b")
        self.service = Scripted()
        self.service.answers = {
            SIGN_IN: lambda _: SessionOpened(token=TOKEN, session=session_card(log_key=str(self.log.key))),
            CURRENT_SESSION: session_card(log_key=str(self.log.key)),
            SIGN_OUT: Nothing(),
            LIST_CASES: CaseList(cases=(), after=None),
            OPEN_CASE: case_card(),
            READ_CASE: case_card(),
            READ_CHECKPOINT: lambda _: Checkpoint(note=self.log.checkpoint(), size=2),
        }
        self.vault = vault or MemoryVault()
        self.session = Session(self.vault, InPlace())
        self.store, self._store_rest = store, store_rest
        self.shown: list[DeskState] = []
        self._disk = InPlace()
        self._began = asyncio.get_running_loop().time()
        self.desk = Desk(self._parts())
        self.desk.subscribe(self.shown.append)

    @property
    def state(self) -> DeskState:
        """What is shown now."""
        return self.desk.state

    def connection(self) -> Connection:
        """How well the service is heard now."""
        return self.desk.state.connection

    def standing(self) -> Standing:
        """What the witness knows now."""
        return self.desk.state.witness.standing

    def said(self) -> str:
        """The message shown now; empty without one."""
        return self.desk.state.message.text if self.desk.state.message else ""

    def now(self) -> datetime:
        """`NOW`, and the loop's time since."""
        return NOW + timedelta(seconds=asyncio.get_running_loop().time() - self._began)

    async def signed_in(self) -> "Scene":
        """Somebody is."""
        assert await self.desk.sign_in("ana", "correct horse", "123456")
        await self.pass_time()
        return self

    async def with_case(self, **facts: Any) -> "Scene":
        """Somebody is, and has a case."""
        self.service.answers[OPEN_CASE] = self.service.answers[READ_CASE] = case_card(**facts)
        await self.signed_in()
        assert await self.desk.open_case(Channel.PHONE, "T-1042")
        return self

    def announce(self, topic: Topic, about: str = "") -> None:
        """Have the stream bring an event."""
        self.service.events.put_nowait(f"data: {json.dumps({'topic': topic, 'id': about})}\n\n".encode())

    async def pass_time(self, seconds: float = 0.0) -> None:
        """Let the loop's time pass, and everything happen that is due."""
        await asyncio.sleep(seconds)
        for _ in range(50):
            await asyncio.sleep(0)

    def _parts(self) -> Parts:
        async def open_store() -> Store:
            if self.store is None:
                raise StoreUnusable("no disk")
            return self.store

        return Parts(
            server=SERVER,
            service=self.service,
            session=self.session,
            open_store=open_store,
            store_rest=self._store_rest,
            disk=self._disk,
            vault=InPlace(),
            wording=load(zone=UTC),
            now=self.now,
            chance=lambda: 1.0,
        )


def with_disk() -> Scene:
    """A scene whose notes are kept."""
    return Scene(store=MemoryStore())
