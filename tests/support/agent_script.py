"""An agent at the real gateway and customers at the demo's phone, each doing what a person would do."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable
from html import unescape

import httpx
from pydantic import TypeAdapter

from console.gateway import Gateway
from console.live import Live
from console.session import Session
from services.api.demo_phone import PATH, DemoMessage
from services.app import utc_now
from services.contract.actions import RunAction
from services.contract.cases import (
    ANSWER_CHECK,
    LOOK_UP,
    NOTE,
    OPEN_CASE,
    READ_CASE,
    REVEAL,
    RUN_ACTION,
    START_CHECK,
    CaseCard,
    LookUp,
    Note,
    OpenCase,
    Reveal,
)
from services.contract.checks import AnswerCheck, StartCheck
from services.contract.events import Topic
from services.contract.staff import SIGN_IN, SignIn
from services.vocabulary import Channel
from tests.support.aside import InPlace
from tests.support.cast import PASSWORD
from tests.support.server import DEMO_TOKEN
from tests.support.totp import totp_now
from tests.support.vault import MemoryVault
from tests.support.world import LINK, Person

PATIENCE = 60.0
"""Seconds after which what should have happened will not happen."""
IDLE = 2.0
"""Seconds after which an idle connection is not used again: the server hangs up after five."""
GLANCE = 0.1
"""Seconds between two looks at the phone, while somebody waits for a message."""
_SENT = TypeAdapter(list[DemoMessage])
_SAVED_CODE = re.compile(r"<li>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){6})</li>")
_HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)


class Agent:
    """One desktop without pixels: a session, a gateway, and live events."""

    def __init__(self, url: str, person: Person) -> None:
        self.person = person
        self.session = Session(MemoryVault(), InPlace())
        self.gateway = Gateway(url, self.session.token)
        self._changed: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._listening: asyncio.Task[None] | None = None

    async def sign_in(self) -> None:
        """Sign in, and hear of what changes from now on."""
        key, login = self.person.key, self.person.staff.login
        code = totp_now(key, utc_now())
        opened = await self.gateway.call(SIGN_IN, SignIn(login=login, password=PASSWORD, code=code))
        await self.session.keep(opened.token)
        begun = asyncio.Event()
        self._listening = asyncio.create_task(self._listen(begun))
        await asyncio.wait_for(begun.wait(), PATIENCE)

    async def open(self, reference: str) -> CaseCard:
        """Open a case for a call."""
        return await self.gateway.call(OPEN_CASE, OpenCase(channel=Channel.PHONE, reference=reference))

    async def look_up(self, case: CaseCard, query: str) -> CaseCard:
        """Look the account up by what the caller says."""
        return await self.gateway.call(LOOK_UP, LookUp(query=query), case_id=case.id)

    async def start(self, case: CaseCard, option: str) -> CaseCard:
        """Start a check."""
        return await self.gateway.call(START_CHECK, StartCheck(option=option), case_id=case.id)

    async def answer(self, case: CaseCard, code: str) -> CaseCard:
        """Give what the caller read out for the check that was started last."""
        check_id = case.checks[-1].id
        answered = await self.gateway.call(ANSWER_CHECK, AnswerCheck(code=code), case_id=case.id, check_id=check_id)
        return answered.case

    async def reveal(self, case: CaseCard, field: str, reason: str) -> CaseCard:
        """Have a masked field shown."""
        return await self.gateway.call(REVEAL, Reveal(field=field, reason=reason), case_id=case.id)

    async def note(self, case: CaseCard, text: str) -> CaseCard:
        """Write a note."""
        return await self.gateway.call(NOTE, Note(text=text), case_id=case.id)

    async def run(self, case: CaseCard, option: str, reason: str = "") -> CaseCard:
        """Run a recovery action, as the case was seen."""
        ask = RunAction(option=option, version=case.version, reason=reason)
        return await self.gateway.call(RUN_ACTION, ask, case_id=case.id)

    async def until(self, case: CaseCard, holds: Callable[[CaseCard], bool]) -> CaseCard:
        """The case once *holds*: read again whenever the live events say that it changed."""
        async with asyncio.timeout(PATIENCE):
            while True:
                self._changed[case.id].clear()
                case = await self.gateway.call(READ_CASE, None, case_id=case.id)
                if holds(case):
                    return case
                await self._changed[case.id].wait()

    async def leave(self) -> None:
        """Hang up."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait([self._listening])
        await self.gateway.aclose()

    async def _listen(self, begun: asyncio.Event) -> None:
        async for event in Live(self.gateway, lambda _connection: None).events():
            if event.topic is Topic.CASE:
                self._changed[event.id].set()
            elif event.topic is Topic.HELLO:
                begun.set()
                for changed in self._changed.values():
                    changed.set()


class Phones:
    """The phones and mailboxes of all customers, and the browser that their links open in."""

    def __init__(self, url: str) -> None:
        limits = httpx.Limits(keepalive_expiry=IDLE)
        self._client = httpx.AsyncClient(base_url=url, timeout=PATIENCE, trust_env=False, limits=limits)
        self._came = asyncio.Condition()
        self._unread: dict[str, list[DemoMessage]] = defaultdict(list)
        self.every: list[DemoMessage] = []
        """All that came, read or not."""
        self.saved_codes: list[str] = []
        """All that was shown on a page, as it was shown."""
        self._last = ""
        self._reading = asyncio.create_task(self._read())

    async def message(self, address: str, words: str) -> DemoMessage:
        """The next unread message to *address* with *words* in it; it counts as read then."""
        try:
            async with asyncio.timeout(PATIENCE), self._came:
                while True:
                    for message in self._unread[address]:
                        if words in f"{message.subject}\n{message.body}":
                            self._unread[address].remove(message)
                            return message
                    await self._came.wait()
        except TimeoutError:
            raise AssertionError(f"nothing with {words!r} came to {address}") from None

    async def link(self, address: str, words: str) -> str:
        """The page that the next unread message to *address* with *words* in it leads to."""
        return link_in(await self.message(address, words))

    async def open(self, page: str) -> str:
        """Open a page; its heading."""
        return _heading(await self._client.get(page))

    async def type_number(self, page: str, number: str) -> str:
        """Type the number that the agent reads out, and confirm; the heading of what comes."""
        return _heading(await self._client.post(page, data={"number": number, "decision": "confirm"}))

    async def set_password(self, page: str, password: str) -> str:
        """Set a new password, and save what codes are shown; the heading of what comes."""
        answer = await self._client.post(page, data={"password": password, "repeat": password})
        self.saved_codes += _SAVED_CODE.findall(answer.text)
        return _heading(answer)

    async def close(self) -> None:
        """Put the phones away."""
        self._reading.cancel()
        await asyncio.wait([self._reading])
        await self._client.aclose()

    async def _read(self) -> None:
        never = asyncio.Event()
        while True:
            answer = await self._client.get(PATH, params={"after": self._last}, headers={"x-demo-token": DEMO_TOKEN})
            sent = _SENT.validate_json(answer.raise_for_status().content)
            for message in sent:
                self._unread[message.to].append(message)
                self._last = message.id
            self.every += sent
            async with self._came:
                self._came.notify_all()
            if not sent:
                await asyncio.wait([asyncio.ensure_future(never.wait())], timeout=GLANCE)


def link_in(message: DemoMessage) -> str:
    """The path of the page that a message leads to."""
    found = LINK.search(message.body)
    assert found is not None, "a message without a link"
    return found.group(1)


def _heading(page: httpx.Response) -> str:
    found = _HEADING.search(page.text)
    assert found is not None, f"{page.status_code} without a heading"
    return unescape(re.sub("<[^>]+>", "", found.group(1))).strip()
