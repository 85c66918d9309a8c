"""After a recovery, the file that was imported before brings nothing back of what the recovery replaced or removed."""

import base64
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.domain.account import Dossier
from services.domain.answering import Fit
from services.importing.importer import Importer
from services.importing.preparing import Preparer
from services.importing.record import Raw, Rules
from services.importing.reporting import Report
from services.secret import Secret
from services.usecases import customer, enrolment, timers
from tests.support.at_work import Desk
from tests.support.world import PASSWORD, Customer, World

FORMER_HASH = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A server's parts on a fresh database."""
    made = World(tmp_path)
    yield made
    made.close()


def dossier(world: World, who: Customer) -> Dossier:
    """What is on file."""
    with world.storage.reading() as work:
        return work.accounts.dossier(who.account.id)


def file_of(world: World, who: Customer) -> dict[str, Any]:
    """A file's row that says what is on file now, and dates nothing."""
    there = dossier(world, who)
    assert there.recovery_codes is not None
    apps = [base64.b32encode(one.secret or b"").decode() for one in there.authenticators]
    return {
        "customer_number": there.account.customer_number,
        "name": there.account.name,
        "authenticators": [{"kind": "totp", "secret": secret} for secret in apps],
        "recovery_codes": {
            "salt": there.recovery_codes.salt.hex(),
            "digests": [digest.hex() for digest in there.recovery_codes.digests],
        },
    }


def updated(world: World, folder: Path, row: dict[str, Any]) -> list[str]:
    """Import a row with `--update --unchanged-since` a date long gone; what is said of it."""
    now, said = world.clock(), list[str]()
    rules = Rules(spellings=world.service.spellings, now=now, home="GB", unchanged_since=now - timedelta(days=300))
    with closing(Report(folder / "report.csv", "line", said.append)) as report:
        importer = Importer(world.storage, world.clock, report, update=True)
        importer.take(Preparer(rules, world.parts.sealer, for_update=True).every([Raw(2, row)]))
        importer.close()
    return said


def proven(world: World, who: Customer) -> Desk:
    """An agent to whom the caller proved themselves with a phone and a saved code."""
    desk = Desk.with_account(world, who)
    assert who.phone is not None
    desk.reverse_code(who.phone.id)
    assert desk.answer(desk.start("recovery_code"), who.codes[3].reveal()).fit is Fit.RIGHT
    return desk


def test_neither_the_lost_authenticator_nor_the_spent_codes_come_back(world: World, tmp_path: Path) -> None:
    who = world.customer(totp=True, codes=True)
    row = file_of(world, who)
    assert who.authenticator is not None
    proven(world, who).run(f"authenticator_reset:{who.authenticator.id}")
    world.work()
    world.clock.turn(timedelta(minutes=16))
    timers.settle_due(world.service)
    world.work()
    assert len(updated(world, tmp_path, row)) == 1
    assert [one.secret for one in dossier(world, who).authenticators] == [None]

    token = world.token("enrolment_link")
    started = enrolment.start(world.service, token, Secret(PASSWORD))
    enrolment.bind(world.service, token, started.sealed, world.totp(started.key))
    before = dossier(world, who)
    world.clock.turn(timedelta(days=30))
    assert [told.split(" not dated")[0] for told in updated(world, tmp_path, row)] == [
        "line 2: imported, but authenticator 1 is",
        "line 2: imported, but its recovery codes are",
    ]
    assert dossier(world, who) == before
    assert [one.secret for one in before.authenticators] == [started.key.secret.reveal()]
    assert updated(world, tmp_path, file_of(world, who)) == []
    assert updated(world, tmp_path, {**file_of(world, who), "authenticators": [], "recovery_codes": None}) == []
    assert dossier(world, who) == before


def test_neither_the_replaced_password_nor_the_codes_replaced_with_it_come_back(world: World, tmp_path: Path) -> None:
    """N-REC-05: the file has the set of which one was used."""
    who = world.customer(codes=True)
    row = {**file_of(world, who), "password_hash": FORMER_HASH}
    proven(world, who).run("reset_link")
    world.work()
    customer.set_password(world.service, world.token("reset_link"), Secret("seven purple walruses dance"))
    before = dossier(world, who)
    world.clock.turn(timedelta(days=30))
    assert updated(world, tmp_path, row) == [
        "line 2: imported, but its password is not dated later than the one that was set here, and was left out.",
        "line 2: imported, but its recovery codes are not dated later than those on file, and were left out.",
    ]
    assert dossier(world, who) == before
