"""Where nothing can be written, nothing happens, and reading goes on (invariant 11).

Once because the log refuses every entry, once because the server's disk is full: its process may write to no file.
"""

import asyncio
import resource
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from services.app import utc_now
from services.domain.handover import Message
from services.storage import tables
from services.usecases import actions
from services.vocabulary import ActionState, MessageKind, Method
from tests.support import cast
from tests.support.agent_script import Agent
from tests.support.cast import DOMAIN, PASSWORD, Cast, Traits
from tests.support.server import Server, eventually
from tests.support.totp import totp_now
from tests.support.unsigned import unsigned
from tests.support.volley import Answer, Shot, Volley
from tests.support.world import LINK, Customer, Person

pytestmark = [pytest.mark.slow, pytest.mark.loopback]

OK = 200
CODE = "314159"
WORKERS_WAIT = 1.5
"""Seconds in which the worker looks for work at least once, though nobody wakes it."""
NEW_PASSWORD = "Kanarienvogel fliegt davon"
LONG_AGO = timedelta(minutes=1)
"""So long that a session's next use is worth a note."""


class Office:
    """A running server, people at work there, and a look at its database from outside."""

    def __init__(self, server: Server, people: Cast) -> None:
        self.server, self.cast = server, people
        self.agent, self.leaver, self.comer, self.riser = people.agents(4)
        (self.administrator,) = people.agents(1, "administrator")
        server.start()
        self.tokens = {
            one.staff.id: asyncio.run(self._token(one)) for one in (self.agent, self.leaver, self.administrator)
        }

    async def _token(self, person: Person) -> str:
        desktop = Agent(self.server.url, person)
        await desktop.sign_in()
        await desktop.leave()
        return desktop.session.token() or ""

    def say(self, shot: Shot) -> Answer:
        """What the server says to one request."""
        with closing(Volley(1, self.server.url)) as volley:
            return volley.fire([shot])[0]

    def read(self, path: str, person: Person | None = None) -> Shot:
        """A request that reads."""
        return Shot(path=path, token=self.tokens[(person or self.agent).staff.id])

    def change(self, path: str, body: dict[str, Any], *, method: str = "", person: Person | None = None) -> Shot:
        """A request that changes something."""
        token = self.tokens[(person or self.agent).staff.id]
        return Shot(path=f"/v1{path}", token=token, key=str(uuid.uuid4()), body=body, method=method)

    def case(self, *passed: Method) -> tuple[str, Customer]:
        """A case of the agent about somebody new, who has proven this much; its path."""
        (who,) = self.cast.customers(1, Traits(locked=True))
        with self.cast.storage.changing() as work:
            case = self.cast.case(work, self.agent, who)
            for method in passed:
                self.cast.passed(work, case, who, method)
        return f"/cases/{case.id}", who

    def check(self) -> str:
        """The path of a check that waits for its answer."""
        (who,) = self.cast.customers(1)
        with self.cast.storage.changing() as work:
            check = self.cast.check(work, self.cast.case(work, self.agent, who), who, Method.SMS_CODE, CODE)
        return f"/cases/{check.case_id}/checks/{check.id}"

    def page(self, who: Customer, *kinds: MessageKind) -> str:
        """The page that the first message of one of these kinds leads its owner to; waits until it was sent."""
        assert eventually(lambda: bool(self._sent(who, kinds)))
        found = LINK.search(self._sent(who, kinds)[0].body)
        assert found is not None
        return found.group(1)

    def _sent(self, who: Customer, kinds: tuple[MessageKind, ...]) -> list[Message]:
        with self.cast.storage.reading() as work:
            sent = work.messages.sent_after("", 1000)
        return [message for message in sent if message.account_id == who.account.id and message.kind in kinds]

    def called(self) -> tuple[str, str]:
        """The page of a reverse code that waits for its number, and the number."""
        path, who = self.case()
        assert who.phone is not None
        card = self.say(self.change(f"{path}/checks", {"option": f"{Method.REVERSE_CODE}:{who.phone.id}"})).said
        return self.page(who, MessageKind.REVERSE_CODE_LINK), card["checks"][-1]["read_out"]

    def acted(self, option: str, kind: MessageKind) -> str:
        """The page that a recovery action sent its owner."""
        path, who = self.case(Method.SMS_CODE)
        assert self.say(self.change(f"{path}/actions", {"option": option, "version": 1})).status == OK
        return self.page(who, kind)

    def snapshot(self) -> dict[str, list[Any]]:
        """Every row of every table, but for when a session was used last."""
        with self.cast.parts.database.reading() as connection:
            return {
                table.name: sorted(map(repr, connection.execute(select(*[c for c in table.c if c.name != "seen_at"]))))
                for table in tables.metadata.sorted_tables
            }

    def grow_stale(self) -> None:
        """Let every session's last use lie so far back that the next is worth a note."""
        long_ago = update(tables.staff_sessions).values(seen_at=utc_now() - LONG_AGO)
        with self.cast.parts.database.changing() as connection:
            connection.execute(long_ago)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    server = Server(tmp_path)
    with cast.opened(server.settings) as people, ExitStack() as stack:
        stack.callback(server.close)
        yield Office(server, people)


@contextmanager
def refusing_log(office: Office) -> Iterator[None]:
    """A log that takes no entry."""
    with closing(sqlite3.connect(office.server.settings.data_dir / "rightful.db", isolation_level=None)) as database:
        database.execute(
            "CREATE TRIGGER refusal BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'no more'); END"
        )
        yield
        database.execute("DROP TRIGGER refusal")


@contextmanager
def full_disk(office: Office) -> Iterator[None]:
    """A server that can make no file any longer than it is, and write to none."""
    soft, hard = resource.prlimit(office.server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(office.server.pid, resource.RLIMIT_FSIZE, (0, hard))
    yield
    resource.prlimit(office.server.pid, resource.RLIMIT_FSIZE, (soft, hard))


Trouble = Callable[[Office], AbstractContextManager[None]]


def changes(office: Office) -> dict[str, Shot]:
    """A request of each kind that changes something, each about somebody else, and each allowed."""
    change, key = office.change, office.comer.key
    opened = office.say(change("/cases", {"channel": "phone", "reference": "T-1"})).said
    (stranger,) = office.cast.customers(1)
    started, who = office.case()
    assert who.phone is not None
    number = office.called()
    riser = next(
        one
        for one in office.say(office.read("/v1/staff", office.administrator)).said["staff"]
        if one["id"] == office.riser.staff.id
    )
    code = totp_now(key, utc_now())
    return {
        "open": change("/cases", {"channel": "phone", "reference": "T-2"}),
        "look up": change(f"/cases/{opened['id']}/lookup", {"query": stranger.account.customer_number}),
        "reveal": change(f"{office.case()[0]}/reveal", {"field": "name", "reason": "The caller asks"}),
        "start": change(f"{started}/checks", {"option": f"{Method.SMS_CODE}:{who.phone.id}"}),
        "answer": change(f"{office.check()}/answer", {"code": CODE}),
        "answer wrongly": change(f"{office.check()}/answer", {"code": "000000"}),
        "cancel": change(office.check(), {}, method="DELETE"),
        "act": change(f"{office.case(Method.SMS_CODE)[0]}/actions", {"option": "unlock", "version": 1}),
        "note": change(f"{office.case()[0]}/notes", {"text": "Calls back"}),
        "close": change(f"{office.case()[0]}/close", {"version": 1}),
        "sign in": change("/sessions", {"login": office.comer.staff.login, "password": PASSWORD, "code": code}),
        "sign out": change("/sessions/current", {}, method="DELETE", person=office.leaver),
        "role": change(
            f"/staff/{riser['id']}/role",
            {"role": "supervisor", "instead_of": riser["role"]},
            person=office.administrator,
        ),
        "type": Shot(path=number[0], body={"number": number[1], "decision": "confirm"}),
        "deny": Shot(path=office.called()[0], body={"decision": "not_me"}),
        "set": Shot(
            path=office.acted("reset_link", MessageKind.RESET_LINK),
            body={"password": NEW_PASSWORD, "repeat": NEW_PASSWORD},
        ),
        "stop": Shot(path=office.acted("unlock", MessageKind.NOTICE_DONE), body={"stop": "yes"}),
    }


@pytest.mark.parametrize(("trouble", "status"), [(refusing_log, 500), (full_disk, 503)])
def test_what_cannot_be_logged_does_not_happen(office: Office, trouble: Trouble, status: int) -> None:
    """Every kind of request is turned away and leaves no trace; once the log can be written, the same one is served."""
    shots = changes(office)
    assert eventually(lambda: at_rest(office))
    before = office.snapshot()
    with trouble(office):
        assert {name: office.say(shot).status for name, shot in shots.items()} == dict.fromkeys(shots, status)
        assert office.snapshot() == before
    assert {name: office.say(shot).status for name, shot in shots.items()} == dict.fromkeys(shots, OK)
    assert eventually(lambda: at_rest(office))
    assert office.server.command("verify-log") == 0
    links = [shot.path.removeprefix("/c/") for shot in shots.values() if shot.path.startswith("/c/")]
    secrets = [NEW_PASSWORD, PASSWORD, DOMAIN, *office.tokens.values(), *links]
    assert [secret for secret in secrets if secret in office.server.said()] == []


@pytest.mark.parametrize("trouble", [refusing_log, full_disk])
def test_reading_goes_on(office: Office, trouble: Trouble) -> None:
    """However long ago its session was used: the note of its use is not worth an answer."""
    own, page = office.case()[0], office.acted("reset_link", MessageKind.RESET_LINK)
    assert eventually(lambda: at_rest(office))
    reads = ["/v1/cases", f"/v1{own}", "/v1/sessions/current", "/v1/audit/checkpoint", "/v1/health", page]
    office.grow_stale()
    with trouble(office):
        assert {path: office.say(office.read(path)).status for path in reads} == dict.fromkeys(reads, OK)


def test_what_was_begun_goes_on_once_there_is_room(office: Office) -> None:
    """A full disk is waited out: an action that was decided before is neither forgotten nor given up."""
    path, _ = office.case(Method.SMS_CODE)
    with full_disk(office):
        with office.cast.storage.changing() as work:
            case = work.cases.get(path.rsplit("/", 1)[-1])
            actions.run(office.cast.service, work, office.agent.staff, case.id, "unlock", case.version, "")
        assert not eventually(lambda: at_rest(office), WORKERS_WAIT)
    assert eventually(lambda: at_rest(office))
    with office.cast.storage.reading() as work:
        (action,) = work.actions.of_case(case.id)
    assert action.state is ActionState.DONE
    assert action.requested_at < utc_now()


def at_rest(office: Office) -> bool:
    """Whether nothing is left to do, and every entry has its place in the log."""
    waiting = select(tables.outbox.c.serial).where(tables.outbox.c.settled_at.is_(None)).limit(1)
    with office.cast.parts.database.reading() as connection:
        settled = connection.execute(waiting).first() is None
    return settled and unsigned(office.cast.parts.database) == 0
