"""Fifty at one moment are no more than one after another: guesses, right codes, one request sent again (invariant 10).

Over HTTP, on fifty connections, half of them to a second server on the same database. People, cases and open checks are
written beforehand; what is raced is real, and counted where it ends up: in the answers, the audit log and the outbox.
"""

import asyncio
import secrets
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from itertools import count

import pytest
from sqlalchemy import Table, func, select

from services.domain.case import Case
from services.domain.one_time import totp_counter
from services.domain.verification import Check
from services.storage import tables
from services.vocabulary import ActionState, CheckState, Event, MessageState, Method
from tests.support import cast
from tests.support.agent_script import Agent
from tests.support.cast import Cast, Traits
from tests.support.server import Server, eventually
from tests.support.totp import totp_code, totp_now
from tests.support.volley import Answer, Shot, Volley
from tests.support.world import Customer, Person

pytestmark = [pytest.mark.slow, pytest.mark.loopback]

ROUNDS = 100
AT_ONCE = 50
LIMIT = 5
"""Of the policy that is shipped (N-THR-01, AC-4)."""
THREADS = 4
"""Requests decided at a time by each server: enough to race, and not more than the codes' hashes can use."""
METHODS = (Method.SMS_CODE, Method.TOTP, Method.RECOVERY_CODE)
NEEDS = {
    Method.SMS_CODE: Traits(),
    Method.TOTP: Traits(totp=True),
    Method.RECOVERY_CODE: Traits(codes=True),
}
CODE = "271828"
"""What was sent to every phone."""
OK, REFUSED = 200, 409


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One agent's open check of somebody."""

    token: str
    check: Check

    def answer(self, code: str) -> Shot:
        """Give what the caller read out."""
        path = f"/v1/cases/{self.check.case_id}/checks/{self.check.id}/answer"
        return Shot(path=path, token=self.token, key=str(uuid.uuid4()), body={"code": code})


@dataclass(frozen=True, slots=True, kw_only=True)
class Arena:
    """Two servers on one database, five agents who are signed in, and people to be attacked."""

    servers: tuple[Server, Server]
    cast: Cast
    agents: list[Person]
    tokens: list[str]

    def desks(self, people: Sequence[Customer], method: Method, code: str = "") -> list[list[Desk]]:
        """For each of *people*, a check of the same thing open in a case of each agent."""
        with self.cast.storage.changing() as work:
            return [
                [
                    Desk(token=token, check=self.cast.check(work, self.cast.case(work, agent, who), who, method, code))
                    for agent, token in zip(self.agents, self.tokens, strict=True)
                ]
                for who in people
            ]

    def volley(self) -> "closing[Volley]":
        """Fifty connections."""
        return closing(Volley(AT_ONCE, *(server.url for server in self.servers)))


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    first = Server(tmp_path_factory.mktemp("races"), threads=THREADS)
    with cast.opened(first.settings) as people, ExitStack() as stack:
        agents = people.agents(5)
        servers = (first, first.twin())
        for server in servers:
            stack.callback(server.close)
            server.start()
        tokens = asyncio.run(signed_in(first.url, agents))
        yield Arena(servers=servers, cast=people, agents=agents, tokens=tokens)


async def signed_in(url: str, agents: list[Person]) -> list[str]:
    """Sign everybody in; their tokens."""
    desktops = [Agent(url, person) for person in agents]
    for desktop in desktops:
        await desktop.sign_in()
        await desktop.leave()
    return [desktop.session.token() or "" for desktop in desktops]


def wrong_guesses(method: Method, who: Customer, now: datetime) -> Iterator[str]:
    """Guesses without end, none of them right. Of saved codes one in five is well-formed: hashing takes a while."""
    near: set[str] = set()
    if who.key is not None:
        step = totp_counter(who.key, now)
        near = {totp_code(who.key, step + ahead) for ahead in (-1, 0, 1, 2)}
    for nth in count():
        guess = f"{secrets.randbelow(10**6):06}"
        if method is Method.RECOVERY_CODE and nth % 5 == 0:
            yield secrets.token_hex(14)
        elif guess != CODE and guess not in near:
            yield guess


def right_code(method: Method, who: Customer, now: datetime) -> str:
    """What the owner would read out."""
    if method is Method.RECOVERY_CODE:
        return who.codes[0].reveal()
    return CODE if who.key is None else totp_now(who.key, now)


def counted(arena: Arena, event: Event, people: Sequence[Customer]) -> set[int]:
    """How often the log tells *event* of one of *people*; several numbers if it is not as often of each."""
    table = tables.audit_entries.c
    wanted = (table.event == event, table.subject.in_([who.account.id for who in people]))
    query = select(func.count()).where(*wanted).group_by(table.subject)
    with arena.cast.parts.database.reading() as connection:
        told = list(connection.scalars(query))
    return set(told) | ({0} if len(told) < len(people) else set())


def refusals(arena: Arena, desks: Sequence[Desk]) -> int:
    """How many refusals the log tells of in the cases of *desks*."""
    table = tables.audit_entries.c
    cases = {desk.check.case_id for desk in desks}
    query = select(func.count()).where(table.event == Event.REFUSED, table.case_id.in_(cases))
    with arena.cast.parts.database.reading() as connection:
        return connection.scalar(query) or 0


@pytest.mark.parametrize("method", METHODS)
def test_of_fifty_wrong_guesses_at_once_five_are_looked_at(arena: Arena, method: Method) -> None:
    """N-THR-01, AC-4: by five agents in five cases, on one account."""
    people = arena.cast.customers(ROUNDS, NEEDS[method])
    rounds = arena.desks(people, method, CODE if method is Method.SMS_CODE else "")
    with arena.volley() as volley:
        for who, desks in zip(people, rounds, strict=True):
            guesses = wrong_guesses(method, who, arena.cast.service.clock())
            answers = volley.fire([desks[nth % len(desks)].answer(next(guesses)) for nth in range(AT_ONCE)])
            assert Counter(answer.status for answer in answers) == {OK: LIMIT, REFUSED: AT_ONCE - LIMIT}
            assert refusals(arena, desks) == AT_ONCE - LIMIT
    assert counted(arena, Event.CHECK_FAILED, people) == {LIMIT}
    assert counted(arena, Event.CHECK_PASSED, people) == {0}
    assert counted(arena, Event.ATTEMPTS_LOCKED, people) == {1}


@pytest.mark.parametrize("method", METHODS)
def test_of_fifty_uses_of_a_right_code_at_once_one_passes(arena: Arena, method: Method) -> None:
    """O-06, N-REC-05, C-MFA-01: a code works once. What belongs to the account is used in five cases at once."""
    people = arena.cast.customers(ROUNDS, NEEDS[method])
    rounds = arena.desks(people, method, CODE if method is Method.SMS_CODE else "")
    with arena.volley() as volley:
        for who, desks in zip(people, rounds, strict=True):
            code = right_code(method, who, arena.cast.service.clock())
            used_at = desks[:1] if method is Method.SMS_CODE else desks
            answers = volley.fire([used_at[nth % len(used_at)].answer(code) for nth in range(AT_ONCE)])
            assert {answer.status for answer in answers} <= {OK, REFUSED}
            assert sum(passed(answer) for answer in answers) == 1
            assert [check.state for check in checks(arena, desks)].count(CheckState.PASSED) == 1
    assert counted(arena, Event.CHECK_PASSED, people) == {1}


def passed(answer: Answer) -> bool:
    """Whether the answer says that the check was passed."""
    return bool(answer.status == OK and answer.said["answer"]["passed"])


def checks(arena: Arena, desks: Sequence[Desk]) -> list[Check]:
    """The checks as they are now."""
    with arena.cast.storage.reading() as work:
        return [work.checks.get(desk.check.id) for desk in desks]


def test_one_key_sent_fifty_times_at_once_acts_once(arena: Arena) -> None:
    """One action, one answer, one set of effects."""
    people = arena.cast.customers(ROUNDS, Traits(locked=True))
    cases = proven(arena, people)
    with arena.volley() as volley:
        for case in cases:
            body = {"option": "unlock", "version": case.version}
            shot = Shot(path=f"/v1/cases/{case.id}/actions", token=arena.tokens[0], key=str(uuid.uuid4()), body=body)
            answers = volley.fire([shot] * AT_ONCE)
            assert set(answers) == {answers[0]}
            assert answers[0].status == OK
    assert eventually(lambda: all_settled(arena))
    ones = {Event.ACTION_REQUESTED: 1, Event.STEP_DONE: 2, Event.ACTION_DONE: 1, Event.MESSAGE_SENT: 2}
    assert {event: counted(arena, event, people) for event in ones} == {event: {n} for event, n in ones.items()}
    assert rows_about(arena, tables.actions, people) == {ActionState.DONE: ROUNDS}
    assert rows_about(arena, tables.messages, people) == {MessageState.SENT: 2 * ROUNDS}


def proven(arena: Arena, people: Sequence[Customer]) -> list[Case]:
    """A case of the first agent about each of *people*, with a code passed."""
    with arena.cast.storage.changing() as work:
        cases = [arena.cast.case(work, arena.agents[0], who) for who in people]
        for case, who in zip(cases, people, strict=True):
            arena.cast.passed(work, case, who, Method.SMS_CODE)
    return cases


def all_settled(arena: Arena) -> bool:
    """Whether the outbox has nothing left to do."""
    waiting = select(tables.outbox.c.serial).where(tables.outbox.c.settled_at.is_(None)).limit(1)
    with arena.cast.parts.database.reading() as connection:
        return connection.execute(waiting).first() is None


def rows_about(arena: Arena, table: Table, people: Sequence[Customer]) -> dict[str, int]:
    """How many rows of *table* are about *people*, by their state."""
    about = table.c.account_id.in_([who.account.id for who in people])
    with arena.cast.parts.database.reading() as connection:
        rows = connection.execute(select(table.c.state, func.count()).where(about).group_by(table.c.state))
        return {row[0]: row[1] for row in rows}


def test_the_log_of_it_all_is_sound(arena: Arena) -> None:
    """Two servers gave entries their places, and signed them, in turn."""
    assert arena.servers[0].command("verify-log") == 0
    assert "The log is sound." in arena.servers[0].said()
    assert "ERROR" not in "".join(server.said() for server in arena.servers)
