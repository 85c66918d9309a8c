"""A backup is put back over what the owner stopped since: nothing of it happens, before it is accepted or after."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update

from services.app import utc_now
from services.domain.recovery import Action
from services.secret import Secret
from services.storage import tables
from services.usecases import actions, customer
from services.vocabulary import ActionState, Method
from tests.support import cast
from tests.support.cast import Cast, Traits
from tests.support.server import Server, eventually
from tests.support.unsigned import unsigned
from tests.support.world import LINK, Customer

pytestmark = [pytest.mark.slow, pytest.mark.loopback]

TIMERS_LOOK = 2.5
"""Seconds in which the timers and the worker look for work at least twice."""
WELL, RESTS = (200, True, True), (503, False, False)


class Portal:
    """A server, a customer whose lost authenticator is about to be removed, and a look at the database from outside."""

    def __init__(self, server: Server) -> None:
        self.server = server
        server.start()
        with cast.opened(server.settings) as people:
            (agent,), (self.who,) = people.agents(1), people.customers(1, Traits(totp=True, codes=True))
            with people.storage.changing() as work:
                case = people.case(work, agent, self.who)
                people.passed(work, case, self.who, Method.SMS_CODE)
                people.passed(work, case, self.who, Method.RECOVERY_CODE)
                option = f"authenticator_reset:{target(self.who)}"
                self.action = actions.run(people.service, work, agent.staff, case.id, option, case.version, "")
            assert eventually(lambda: self.notices(people) != [] and unsigned(people.parts.database) == 0)

    def notices(self, people: Cast) -> list[str]:
        """What was sent, word for word."""
        with people.storage.reading() as work:
            return [message.body for message in work.messages.sent_after("", 10)]

    def stopped_by_owner(self) -> None:
        """The owner follows the link; the log is signed since."""
        with cast.opened(self.server.settings) as people:
            found = LINK.search(self.notices(people)[0])
            assert found is not None
            with people.storage.changing() as work:
                customer.stop(people.service, work, Secret(found.group(1).removeprefix("/c/")))
            assert eventually(lambda: unsigned(people.parts.database) == 0)

    def put_back(self, backup: Path) -> None:
        """Put the backup back, as long after as the action cools off."""
        database = self.server.settings.data_dir / "rightful.db"
        for leftover in database.parent.glob("rightful.db*"):
            leftover.unlink()
        database.write_bytes(backup.read_bytes())
        with cast.opened(self.server.settings) as people, people.parts.database.changing() as connection:
            past = utc_now() - timedelta(seconds=1)
            connection.execute(update(tables.actions).values(due_at=past))

    def health(self) -> tuple[int, bool, bool]:
        """The status, and what is said of the log and the worker."""
        answer = httpx.get(f"{self.server.url}/v1/health", trust_env=False)
        return answer.status_code, answer.json()["audit_log"], answer.json()["worker"]

    def state(self) -> tuple[ActionState, bool]:
        """Where the action is, and whether its authenticator is still there, once whatever is due had its chance."""
        threading.Event().wait(TIMERS_LOOK)
        with cast.opened(self.server.settings) as people, people.storage.reading() as work:
            found: Action = work.actions.get(self.action.id)
            return found.state, work.accounts.dossier(self.who.account.id).authenticators != ()


def target(who: Customer) -> str:
    assert who.authenticator is not None
    return who.authenticator.id


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    server = Server(tmp_path)
    yield Portal(server)
    server.close()


def test_what_the_owner_stopped_does_not_happen_after_a_restore(portal: Portal, tmp_path: Path) -> None:
    backup = tmp_path / "copy.db"
    source = portal.server.settings.data_dir / "rightful.db"
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(backup)) as copy:
        live.backup(copy)
    portal.stopped_by_owner()
    assert portal.health() == WELL
    portal.server.stop()
    portal.put_back(backup)

    portal.server.start()
    assert portal.health() == RESTS
    assert portal.state() == (ActionState.COOLING, True)
    assert [portal.server.command(one) for one in ("accept-restore", "rotate-key")] == [2, 2]
    portal.server.stop()

    assert portal.server.command("accept-restore") == 0
    portal.server.start()
    assert portal.health() == WELL
    assert portal.state() == (ActionState.STOPPED, True)
    portal.server.stop()
    assert portal.server.command("verify-log") == 0
