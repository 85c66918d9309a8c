"""kill -9 at a hundred moments: every effect happens once, and nothing half done is called done (invariants 11 and 13).

First while three recoveries run that were just asked for over HTTP; then while the server starts again, or goes on with
what was left and with a reset whose cooling-off ended while nobody served. The moments are counted in audit entries and
parts of milliseconds, by chance, and by the same chance each time.
"""

import asyncio
import random
import threading
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from services.domain.case import Case
from services.domain.recovery import Action
from services.storage import tables
from services.storage.audit_check import verify_database
from services.usecases import actions
from services.vocabulary import (
    ActionKind,
    ActionState,
    ContactKind,
    Event,
    MessageKind,
    MessageState,
    Method,
    StepKind,
    StepState,
)
from tests.support import cast
from tests.support.agent_script import Agent
from tests.support.cast import Cast, Traits
from tests.support.server import Server, eventually, side_by_side
from tests.support.unsigned import unsigned
from tests.support.volley import Shot, Volley
from tests.support.world import Customer, Person

pytestmark = [pytest.mark.slow, pytest.mark.loopback]

SERVERS, ROUNDS = 3, 17
"""Each round kills a server twice. The servers run side by side, each on data of its own."""
TRAITS = Traits(totp=True, codes=True, locked=True, sessions=2, devices=1)
ASKED = (ActionKind.RESET_LINK, ActionKind.UNLOCK, ActionKind.FREEZE)
"""What is asked for over HTTP in each round; a reset of the authenticator cools off beside it."""
STEPS: dict[ActionKind, dict[StepKind, str]] = {
    ActionKind.RESET_LINK: {StepKind.SEND_RESET_LINK: "@", StepKind.NOTIFY: "2"},
    ActionKind.UNLOCK: {StepKind.UNLOCK: "1", StepKind.NOTIFY: "2"},
    ActionKind.FREEZE: {StepKind.FREEZE: "", StepKind.REVOKE_SESSIONS: "2", StepKind.NOTIFY: "2"},
    ActionKind.AUTHENTICATOR_RESET: {
        StepKind.REVOKE_SESSIONS: "2",
        StepKind.REMOVE_AUTHENTICATOR: "1",
        StepKind.FORGET_DEVICES: "1",
        StepKind.SEND_ENROLMENT_LINK: "@",
        StepKind.NOTIFY: "2",
    },
}
"""Each step, in order, and what it must say: done a second time, it would have found nothing to do."""
MESSAGES: dict[ActionKind, dict[MessageKind, int]] = {
    ActionKind.RESET_LINK: {MessageKind.RESET_LINK: 1, MessageKind.NOTICE_DONE: 2},
    ActionKind.UNLOCK: {MessageKind.NOTICE_DONE: 2},
    ActionKind.FREEZE: {MessageKind.NOTICE_FROZEN: 2},
    ActionKind.AUTHENTICATOR_RESET: {
        MessageKind.NOTICE_SCHEDULED: 2,
        MessageKind.ENROLMENT_LINK: 1,
        MessageKind.NOTICE_DONE: 2,
    },
}
ENDINGS: dict[ActionKind, dict[Event, int]] = {
    ActionKind.RESET_LINK: {Event.LINK_MADE: 1, Event.ACTION_HANDED_OVER: 1},
    ActionKind.UNLOCK: {Event.ACTION_DONE: 1},
    ActionKind.FREEZE: {Event.ACTION_DONE: 1, Event.ACCOUNT_FROZEN: 1, Event.REVIEW_OPENED: 1},
    ActionKind.AUTHENTICATOR_RESET: {
        Event.ACTION_COOLING: 1,
        Event.ACTION_STARTED: 1,
        Event.LINK_MADE: 1,
        Event.ACTION_HANDED_OVER: 1,
    },
}
NOTICES = (MessageKind.NOTICE_DONE, MessageKind.NOTICE_FROZEN)
"""What the last step of each sends, to the phone and the mailbox."""
HANDS_OVER = (ActionKind.RESET_LINK, ActionKind.AUTHENTICATOR_RESET)
LONGEST_PIECE = 0.006
"""Seconds, at most, that a kill comes after the entry it waited for: longer than any step takes."""
WHILE_STARTING = 0.2
"""How many of the second kills come before the server is ready."""
STARTING = 0.4
"""Seconds that a start takes, about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """One recovery of one customer, and the request for it."""

    kind: ActionKind
    who: Customer
    case: Case
    key: str

    @property
    def option(self) -> str:
        """How the desktop names it."""
        target = self.who.authenticator.id if self.who.authenticator else ""
        return f"{self.kind}:{target}" if self.kind is ActionKind.AUTHENTICATOR_RESET else str(self.kind)

    def shot(self, token: str) -> Shot:
        """The request, the same whenever it is sent."""
        body = {"option": self.option, "version": self.case.version, "reason": "The caller says so"}
        return Shot(path=f"/v1/cases/{self.case.id}/actions", token=token, key=self.key, body=body)


class Office:
    """One agent, a server that is killed, and a look at its database from outside."""

    def __init__(self, server: Server, nth: int, people: Cast) -> None:
        self.server, self.cast = server, people
        self.chance = random.Random(nth)
        self.agent: Person = people.agents(1)[0]
        self.token = ""

    def sign_in(self) -> None:
        """Sign the agent in; the session outlives every server."""

        async def token() -> str:
            desktop = Agent(self.server.url, self.agent)
            await desktop.sign_in()
            await desktop.leave()
            return desktop.session.token() or ""

        self.token = asyncio.run(token())

    def recoveries(self, *kinds: ActionKind) -> list[Recovery]:
        """One of each kind, each of a customer of its own, who has proven who they are."""
        people = self.cast.customers(len(kinds), TRAITS)
        with self.cast.storage.changing() as work:
            cases = [self.cast.case(work, self.agent, who) for who in people]
            for who, case in zip(people, cases, strict=True):
                self.cast.passed(work, case, who, Method.SMS_CODE)
                self.cast.passed(work, case, who, Method.RECOVERY_CODE)
        return [
            Recovery(kind=kind, who=who, case=case, key=str(uuid.uuid4()))
            for kind, who, case in zip(kinds, people, cases, strict=True)
        ]

    def cool(self, recovery: Recovery) -> None:
        """Ask for an action whose cooling-off ends at once, beside the server."""
        service, rules = self.cast.service, self.cast.service.policy.actions
        short = replace(rules[recovery.kind], cooling=timedelta(milliseconds=1))
        policy = replace(service.policy, actions={**rules, recovery.kind: short})
        case, staff = recovery.case, self.agent.staff
        with self.cast.storage.changing() as work:
            actions.run(replace(service, policy=policy), work, staff, case.id, recovery.option, case.version, "")

    def entries(self) -> int:
        """How many entries the audit log has."""
        with self.cast.parts.database.reading() as connection:
            return connection.scalar(select(func.max(tables.audit_entries.c.serial))) or 0

    def is_settled(self) -> bool:
        """Whether nothing is left to do, now or when a cooling-off ends."""
        waiting = select(tables.outbox.c.serial).where(tables.outbox.c.settled_at.is_(None)).limit(1)
        unfinished = (ActionState.COOLING, ActionState.RUNNING)
        moving = select(tables.actions.c.id).where(tables.actions.c.state.in_(unfinished)).limit(1)
        with self.cast.parts.database.reading() as connection:
            return connection.execute(waiting).first() is None and connection.execute(moving).first() is None

    def kill_at(self, entries: int, piece: float) -> None:
        """Kill the server *piece* seconds after the log has so many entries, with nobody else at the database."""
        eventually(lambda: self.entries() >= entries, look_every=0.001)
        self.look_away()
        threading.Event().wait(piece)
        self.server.kill()

    def look_away(self) -> None:
        """Leave the database to the server: what a kill leaves behind is the next server's to mend."""
        self.cast.parts.database.close()


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[list[Office]]:
    with ExitStack() as stack:
        servers = [Server(tmp_path / str(nth)) for nth in range(SERVERS)]
        people = [stack.enter_context(cast.opened(server.settings)) for server in servers]
        for server in servers:
            stack.callback(server.close)
        yield [Office(server, nth, one) for nth, (server, one) in enumerate(zip(servers, people, strict=True))]


def told(kind: ActionKind) -> Counter[str]:
    """What the log must tell of an account with one recovery: each entry as often as it happened."""
    before = {Event.CASE_OPENED: 1, Event.CHECK_STARTED: 2, Event.CHECK_PASSED: 2, Event.ACTION_REQUESTED: 1}
    during = {
        Event.STEP_DONE: len(STEPS[kind]),
        Event.NOTICES_WRITTEN: 1,
        Event.MESSAGE_SENT: sum(MESSAGES[kind].values()),
    }
    return Counter({str(event): times for event, times in (before | during | ENDINGS[kind]).items()})


def unwritten(office: Office, recoveries: Sequence[Recovery]) -> int:
    """How many entries the log still lacks of these."""
    return sum((told(one.kind) - logged(office, one)).total() for one in recoveries)


def logged(office: Office, recovery: Recovery) -> Counter[str]:
    """What the log tells of an account."""
    entries = tables.audit_entries.c
    query = select(entries.event).where(entries.subject == recovery.who.account.id)
    with office.cast.parts.database.reading() as connection:
        return Counter(connection.scalars(query))


def test_a_killed_server_does_everything_once(offices: list[Office]) -> None:
    side_by_side(killed_again_and_again, offices)


def killed_again_and_again(office: Office) -> None:
    """A server's lives, and what they left."""
    office.server.start()
    office.sign_in()
    for nth in range(ROUNDS):
        recoveries = survived(office, looks=nth % 2 == 0)
        assert eventually(office.is_settled)
        for recovery in recoveries:
            happened_once(office, recovery)
    office.server.stop()
    log_is_sound(office)


def survived(office: Office, *, looks: bool) -> list[Recovery]:
    """Two kills, and a server that goes on. *looks*: at what the second kill left, before the next server mends it."""
    chance = office.chance
    asked, cooling = office.recoveries(*ASKED), office.recoveries(ActionKind.AUTHENTICATOR_RESET)
    shots = [recovery.shot(office.token) for recovery in asked]
    before = office.entries()
    with closing(Volley(len(shots), office.server.url)) as volley:
        volley.send(shots)
        office.kill_at(before + chance.randint(0, unwritten(office, asked)), chance.uniform(0, LONGEST_PIECE))
    pretends_nothing(office, asked)
    office.cool(cooling[0])
    start_and_kill(office, [*asked, *cooling], shots)
    if looks:
        pretends_nothing(office, [*asked, *cooling])
    office.look_away()
    office.server.start()
    with closing(Volley(len(shots), office.server.url)) as volley:
        assert [answer.status for answer in volley.fire(shots)] == [200] * len(shots)
    return [*asked, *cooling]


def start_and_kill(office: Office, recoveries: list[Recovery], shots: list[Shot]) -> None:
    """Start a server and kill it: now and then while it starts, else while it goes on with what was left."""
    chance = office.chance
    left, before = unwritten(office, recoveries), office.entries()
    office.look_away()
    office.server.launch()
    if chance.random() < WHILE_STARTING:
        threading.Event().wait(chance.uniform(0, STARTING))
        office.server.kill()
        return
    office.server.await_ready()
    with closing(Volley(len(shots), office.server.url)) as volley:
        volley.send(shots)
        office.kill_at(before + chance.randint(0, left), chance.uniform(0, LONGEST_PIECE))


def pretends_nothing(office: Office, recoveries: Sequence[Recovery]) -> None:
    """What is called done is done, and what was done is called so, however far each recovery came."""
    for recovery in recoveries:
        for action in actions_of(office, recovery):
            called_done = {step.kind for step in action.steps if step.state is StepState.DONE}
            assert called_done == evident(office, recovery, action)
            if action.state in {ActionState.DONE, ActionState.HANDED_OVER}:
                assert called_done == set(STEPS[recovery.kind])


def actions_of(office: Office, recovery: Recovery) -> list[Action]:
    """Every action of the recovery's case."""
    with office.cast.storage.reading() as work:
        return work.actions.of_case(recovery.case.id)


def evident(office: Office, recovery: Recovery, action: Action) -> set[StepKind]:
    """The steps that happened, judged by what they changed."""
    with office.cast.storage.reading() as work:
        dossier = work.accounts.dossier(recovery.who.account.id)
    written = messages(office, recovery)
    changed = {
        StepKind.REVOKE_SESSIONS: dossier.sessions == 0,
        StepKind.REMOVE_AUTHENTICATOR: all(one.disabled_at for one in dossier.authenticators),
        StepKind.FORGET_DEVICES: dossier.trusted_devices == 0,
        StepKind.UNLOCK: dossier.account.locked_at is None,
        StepKind.FREEZE: dossier.account.frozen_at is not None,
        StepKind.SEND_RESET_LINK: (MessageKind.RESET_LINK, MessageState.SENT) in written,
        StepKind.SEND_ENROLMENT_LINK: (MessageKind.ENROLMENT_LINK, MessageState.SENT) in written,
        StepKind.NOTIFY: told_by_mail(office, recovery),
    }
    return {step.kind for step in action.steps if changed[step.kind]}


def told_by_mail(office: Office, recovery: Recovery) -> bool:
    """Whether a notice went where the caller was not proven: a text message proved them."""
    table = tables.messages.c
    mailed = select(table.id).where(table.account_id == recovery.who.account.id, table.kind.in_(NOTICES))
    mailed = mailed.where(table.channel == ContactKind.EMAIL, table.state == MessageState.SENT)
    with office.cast.parts.database.reading() as connection:
        return connection.execute(mailed).first() is not None


def messages(office: Office, recovery: Recovery) -> Counter[tuple[str, str]]:
    """Kind and state of every message to the owner."""
    table = tables.messages.c
    query = select(table.kind, table.state).where(table.account_id == recovery.who.account.id)
    with office.cast.parts.database.reading() as connection:
        return Counter((row.kind, row.state) for row in connection.execute(query))


def happened_once(office: Office, recovery: Recovery) -> None:
    """The action ended well, each step was done by the first who tried, each message was sent, and the log tells it."""
    (action,) = actions_of(office, recovery)
    steps = {step.kind: step.result if "@" not in step.result else "@" for step in action.steps}
    assert list(steps.items()) == list(STEPS[recovery.kind].items())
    assert {step.state for step in action.steps} == {StepState.DONE}
    assert action.state is (ActionState.HANDED_OVER if recovery.kind in HANDS_OVER else ActionState.DONE)
    assert evident(office, recovery, action) == set(STEPS[recovery.kind])
    sent = {(kind, MessageState.SENT): times for kind, times in MESSAGES[recovery.kind].items()}
    assert messages(office, recovery) == sent
    assert logged(office, recovery) == told(recovery.kind)


def log_is_sound(office: Office) -> None:
    """The log is whole, every entry has its place, and it continues what was ever signed."""
    parts = office.cast.parts
    assert unsigned(parts.database) == 0
    with parts.database.reading() as connection:
        report = verify_database(connection, parts.sealer, parts.audit.key, parts.audit.remembered())
    assert report.is_sound, report.findings
    assert report.entries == office.entries()
