"""A thousand calls, eight at a time: every case ends right, the log tells exactly what was done, and nothing leaks.

Ten desktops without pixels speak to `rightful-server serve` through the real gateway, about a directory that was
imported; the callers have the demo's phones. What nobody else may read is looked for, afterwards, wherever it could be.
"""

import asyncio
import logging
import re
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial

import pytest
from sqlalchemy import func, select

from services.app import utc_now
from services.contract.cases import CaseCard
from services.domain.identifiers import Candidate, candidates
from services.secret import Secret
from services.storage import tables
from services.vocabulary import (
    ActionState,
    CaseState,
    CheckState,
    ContactKind,
    Event,
    MessageKind,
    MessageState,
    Method,
    StepState,
)
from tests.support import cast, owners
from tests.support.agent_script import Agent, Phones, link_in
from tests.support.canaries import Canaries
from tests.support.cast import Cast
from tests.support.owners import Owner
from tests.support.server import Server, eventually, side_by_side
from tests.support.totp import totp_now
from tests.support.unsigned import unsigned
from tests.support.world import LINK, Person

pytestmark = [pytest.mark.slow, pytest.mark.loopback]

CASES, AT_A_TIME, AGENTS, OWNERS = 1000, 8, 10, 200
WITH_APPS = 10
"""Owners beside those, who have an authenticator app too, and one case each."""
ASKED = {ContactKind.PHONE: "is it you on the phone", ContactKind.EMAIL: "Is it you on the phone"}
RESET = {ContactKind.PHONE: ": new password: ", ContactKind.EMAIL: "Set a new password"}
"""What tells the messages with these links from any other to the same address."""
NEW = "Kanarienvogel singt im Dunkeln"
SPOKEN = "der Anrufer wohnt in der Kanarienstrasse"
"""Words that only passwords hold, and only what agents typed."""
NOTICES = 2 * (MessageKind.NOTICE_DONE, MessageKind.NOTICE_COMPLETED)
"""Of every case, one to the phone and one to the mailbox."""
BEFORE = {Event.POLICY_LOADED, Event.ACCOUNTS_IMPORTED, Event.STAFF_ADDED, Event.SIGNED_IN}
"""What the log tells of how the day began."""


@dataclass
class Script:
    """What is done in each case, and a tally of what the log must then tell."""

    agents: list[Agent]
    people: list[Owner]
    phones: Phones
    told: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    canaries: Canaries = field(default_factory=Canaries)
    passwords: dict[int, str] = field(default_factory=dict)
    """The newest of each owner."""

    async def all_cases(self) -> None:
        """Every case, so many at a time."""
        waiting = iter(range(CASES))

        async def one_after_another() -> None:
            for nth in waiting:
                await self.carry(nth)

        async with asyncio.TaskGroup() as group:
            for _ in range(AT_A_TIME):
                group.create_task(one_after_another())

    async def carry(self, nth: int) -> None:
        """One call from the first ring to the owner's new password.

        Its link goes to the mailbox, unless that alone has just proven the caller (AC-3).
        """
        agent, owner = self.agents[nth % AGENTS], self.people[OWNERS + nth // 101 if has_app(nth) else nth % OWNERS]
        case = await self.look_up(nth, agent, owner)
        case = await self.extras(nth, agent, owner, case)
        proven = ContactKind.EMAIL if nth % 4 == 3 else ContactKind.PHONE
        other = ContactKind.PHONE if nth % 4 == 3 and nth % 100 != 7 else ContactKind.EMAIL
        case = await self.reverse_code(nth, agent, owner, case, proven)
        case = await agent.run(case, "reset_link")
        page = await self.phones.link(address(owner, other), RESET[other])
        case = await agent.until(case, lambda now: now.recoveries[-1].state is ActionState.HANDED_OVER)
        self.passwords[owner.nth] = password = f"{NEW} {nth}"
        after = "Save your new recovery codes" if uses_a_saved_code(nth) else "Your new password is set"
        assert await self.phones.set_password(page, password) == after
        case = await agent.until(case, lambda now: now.state is not CaseState.OPEN)
        ended_right(case)
        self.tell(Event.ACTION_REQUESTED, Event.STEP_DONE, Event.STEP_DONE, Event.ACTION_HANDED_OVER)
        self.tell(Event.NOTICES_WRITTEN)
        self.tell(Event.LINK_USED, Event.LINK_USED)  # of the call, and of the new password
        self.tell(Event.LINK_MADE, Event.PASSWORD_SET, Event.ACTION_DONE, Event.CASE_RESOLVED)
        self.sent.update([MessageKind.RESET_LINK, *NOTICES])

    async def look_up(self, nth: int, agent: Agent, owner: Owner) -> CaseCard:
        """Open a case and find the account, now and then at the second try."""
        case = await agent.open(f"T-{nth}")
        self.tell(Event.CASE_OPENED, Event.LOOKUP_MATCHED)
        if nth % 33 == 5:
            case = await agent.look_up(case, f"nobody{nth}@{owners.DOMAIN}")
            assert case.account is None
            self.tell(Event.LOOKUP_UNMATCHED)
        case = await agent.look_up(case, owner.spelt(nth))
        assert case.account is not None
        assert case.account.customer_number.endswith(owner.number[-2:])
        return case

    async def extras(self, nth: int, agent: Agent, owner: Owner, case: CaseCard) -> CaseCard:
        """What an agent does now and then: look at a field, write a note, ask for another proof."""
        if nth % 40 == 1:
            case = await agent.reveal(case, "name", f"{SPOKEN} {nth}")
            case = await agent.note(case, f"{SPOKEN} {nth}")
            self.tell(Event.FIELD_REVEALED, Event.CASE_NOTED)
        if nth % 100 == 7:
            case = await agent.start(case, option(case, Method.SMS_CODE, ContactKind.PHONE))
            message = await self.phones.message(owner.phone, " is for ")
            self.sent[MessageKind.SMS_CODE] += 1
            case = await self.prove(agent, case, re.findall(r"\b\d{6}\b", message.body)[0])
        if has_app(nth):  # each time somebody else: a code works once, and the next case may come in the same 30 s
            case = await agent.start(case, option(case, Method.TOTP))
            case = await self.prove(agent, case, totp_now(owner.key, utc_now()))
        if uses_a_saved_code(nth):
            case = await agent.start(case, option(case, Method.RECOVERY_CODE))
            case = await self.prove(agent, case, owner.code.reveal())
            self.tell(Event.RECOVERY_CODES_REPLACED)  # when its owner has set the new password
        return case

    async def prove(self, agent: Agent, case: CaseCard, code: str) -> CaseCard:
        """Give the code that the caller read out."""
        self.canaries.codes |= {code} if len(code) == len("123456") else set()
        case = await agent.answer(case, code)
        assert case.checks[-1].state is CheckState.PASSED
        self.tell(Event.CHECK_STARTED, Event.CHECK_PASSED)
        return case

    async def reverse_code(
        self, nth: int, agent: Agent, owner: Owner, case: CaseCard, through: ContactKind
    ) -> CaseCard:
        """The agent reads a number out, and the caller types it, one in twenty at the second try."""
        case = await agent.start(case, option(case, Method.REVERSE_CODE, through))
        number = case.checks[-1].read_out or ""
        self.canaries.codes.add(number)
        page = await self.phones.link(address(owner, through), ASKED[through])
        asked = await self.phones.open(page)
        assert asked == "Are you talking to us now?"
        if nth % 20 == 0:
            assert await self.phones.type_number(page, f"{(int(number) + 1) % 10**6:06}") == asked
            self.tell(Event.CHECK_FAILED)
        assert await self.phones.type_number(page, number) == "Thank you, that is confirmed"
        self.tell(Event.CHECK_STARTED, Event.CHECK_OPENED, Event.CHECK_PASSED)
        self.sent[MessageKind.REVERSE_CODE_LINK] += 1
        return await agent.until(case, lambda now: now.checks[-1].state is CheckState.PASSED)

    def tell(self, *events: Event) -> None:
        """The log must tell these."""
        self.told.update(events)


def has_app(nth: int) -> bool:
    """Whether it is a case of somebody with an authenticator app, who proves themselves by that too (N-REC-15)."""
    return nth % 101 == 11


def uses_a_saved_code(nth: int) -> bool:
    """Whether the caller of a case reads out a saved code. Nobody does it twice: new codes wait for the quarantine."""
    return nth < OWNERS and nth % 20 == 15


def address(owner: Owner, kind: ContactKind) -> str:
    """Where messages of a kind reach an owner."""
    return owner.phone if kind is ContactKind.PHONE else owner.email


def option(case: CaseCard, method: Method, through: ContactKind | None = None) -> str:
    """The option of a method, through a contact point of a kind if it is one that sends something."""
    assert case.account is not None
    kinds: dict[str | None, ContactKind] = {contact.id: contact.kind for contact in case.account.contacts}
    fits = [one for one in case.methods if one.method is method and (through is None or kinds[one.target] is through)]
    assert [one.why_not for one in fits] == [()]
    return fits[0].option


def ended_right(case: CaseCard) -> None:
    """The case closed itself, by one action, of which every step was done."""
    assert case.state is CaseState.RESOLVED
    (recovery,) = case.recoveries
    assert recovery.state is ActionState.DONE
    assert {step.state for step in recovery.steps} == {StepState.DONE}


@dataclass(frozen=True)
class Day:
    """What a day at the desk left."""

    server: Server
    script: Script


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """The thousand cases, and then no server any more: it was killed, so that nothing was tidied away."""
    server = Server(tmp_path_factory.mktemp("thousand"), level=logging.DEBUG)
    people = [Owner(nth=nth, has_app=nth >= OWNERS) for nth in range(OWNERS + WITH_APPS)]
    owners.write(people, export := server.log.with_name("owners.jsonl"))
    with cast.opened(server.settings):
        pass  # a new database and its key, as `bootstrap` makes them
    assert server.command("import", str(export), "--workers", "0") == 0
    export.unlink()
    with cast.opened(server.settings) as desk:
        staff = desk.agents(AGENTS)
    server.start()
    try:
        script = asyncio.run(worked(server, staff, people))
        with cast.opened(server.settings) as desk:
            assert eventually(partial(is_settled, desk))
    finally:
        server.kill()
    return Day(server, script)


async def worked(server: Server, staff: list[Person], people: list[Owner]) -> Script:
    """Sign everybody in, and carry every case, eight at a time."""
    async with AsyncExitStack() as stack:
        agents = [Agent(server.url, person) for person in staff]
        for agent in agents:
            stack.push_async_callback(agent.leave)
            await agent.sign_in()
        phones = Phones(server.url)
        stack.push_async_callback(phones.close)
        script = Script(agents, people, phones)
        await script.all_cases()
        hide(script, staff)
    return script


def hide(script: Script, staff: list[Person]) -> None:
    """Everything that must stand nowhere in clear."""
    canaries = script.canaries
    canaries.word(owners.SURNAME, owners.DOMAIN, owners.DOMAIN.title(), owners.PHONE, "7700 900", "RC7040")
    canaries.word(owners.USER_NAME, owners.USER_NAME.upper(), "Kanarienvogel", "Kanarienstrasse")
    canaries.word(*(agent.session.token() or "" for agent in script.agents))
    for key in [person.key for person in staff] + [owner.key for owner in script.people[OWNERS:]]:
        canaries.totp(key)
    for owner in script.people[:OWNERS:20]:
        canaries.recovery_code(owner.code.reveal())
    for code in script.phones.saved_codes:
        canaries.recovery_code(code.replace("-", ""))
    for message in script.phones.every:
        if LINK.search(message.body):
            canaries.token(link_in(message))


def is_settled(desk: Cast) -> bool:
    """Whether every effect was performed, the notices of the last case included."""
    waiting = select(tables.outbox.c.serial).where(tables.outbox.c.settled_at.is_(None)).limit(1)
    with desk.parts.database.reading() as connection:
        return connection.execute(waiting).first() is None


def test_nothing_secret_or_personal_lies_about_in_clear(day: Day) -> None:
    """Invariants 7, 12 and 14: in the databases and their journals, and in what the server said, told to say all."""
    canaries, data = day.script.canaries, day.server.settings.data_dir
    assert len(canaries.tokens) > 5 * CASES
    assert len(canaries.codes) > CASES / 2
    assert len(day.script.phones.saved_codes) == 10 * OWNERS // 20
    kept = [*data.iterdir(), day.server.log]
    assert {"rightful.db", "rightful.db-wal", "effects.db", "server.log"} <= {file.name for file in kept}
    assert [leak for file in kept for leak in canaries.in_file(file)] == []
    assert [leak for file in data.glob("*.db") for leak in canaries.in_database(file)] == []
    assert canaries.in_text(day.server.log) == []


def test_the_server_had_nothing_to_complain_of(day: Day) -> None:
    assert "DEBUG" in day.server.said()
    assert re.findall("^(?:WARNING|ERROR|CRITICAL|Traceback).*", day.server.said(), re.MULTILINE) == []


def test_every_message_was_sent_once(day: Day) -> None:
    with cast.opened(day.server.settings) as desk, desk.parts.database.reading() as connection:
        table = tables.messages.c
        rows = connection.execute(select(table.kind, table.state, func.count()).group_by(table.kind, table.state))
        assert {(row[0], row[1]): row[2] for row in rows} == {
            (str(kind), MessageState.SENT): times for kind, times in day.script.sent.items()
        }
        of_each_case = connection.scalars(select(func.count()).where(table.kind.in_(NOTICES)).group_by(table.case_id))
        assert Counter(of_each_case) == {len(NOTICES): CASES}
    assert len(day.script.phones.every) <= day.script.sent.total()


def test_the_log_tells_exactly_what_was_done(day: Day) -> None:
    with cast.opened(day.server.settings) as desk, desk.parts.database.reading() as connection:
        table = tables.audit_entries.c
        rows = connection.execute(select(table.event, func.count()).group_by(table.event))
        told = {row[0]: row[1] for row in rows if row[0] not in BEFORE}
    assert told == {**day.script.told, Event.MESSAGE_SENT: day.script.sent.total()}


def test_the_owners_have_their_new_passwords(day: Day) -> None:
    with cast.opened(day.server.settings) as desk:
        with desk.storage.reading() as work:
            found = {owner.nth: work.accounts.match(readings(desk, owner)) for owner in day.script.people}
            hashes = {nth: work.accounts.get(one).password_hash for nth, one in found.items() if one}
        everybody = OWNERS + WITH_APPS
        assert len(hashes) == everybody
        fits = partial(password_fits, desk, hashes, day.script.passwords)
        assert side_by_side(fits, [range(0, everybody, 2), range(1, everybody, 2)]) == [everybody // 2] * 2


def readings(desk: Cast, owner: Owner) -> tuple[Candidate, ...]:
    """What an owner's customer number can mean."""
    return candidates(owner.number, desk.service.spellings)


def password_fits(desk: Cast, hashes: dict[int, str | None], passwords: dict[int, str], some: range) -> int:
    """How many of *some* owners can sign in with what they set last."""
    return sum(desk.service.passwords.fits(Secret(passwords[nth]), hashes[nth]) for nth in some)


def test_the_log_proves_itself_here_and_abroad(day: Day) -> None:
    folder = day.server.log.with_name("export")
    assert day.server.command("export-log", str(folder)) == 0
    files = list(folder.iterdir())
    assert [
        leak for file in files for leak in (*day.script.canaries.in_file(file), *day.script.canaries.in_text(file))
    ] == []
    with cast.opened(day.server.settings) as desk:
        key = str(desk.parts.audit.key)
        assert unsigned(desk.parts.database) == 0
    assert day.server.command("verify-log") == 0
    assert day.server.command("verify-log", "--export", str(folder), "--key", key) == 0
