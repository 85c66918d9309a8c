"""Who was shut out by too many wrong answers is let in again by what the portal binds anew (N-THR-01)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.domain import attempts as limits
from services.domain.attempts import ANY, SENDS, Attempts
from services.domain.methods import RECOVERY_CODES, stands_on
from services.domain.outcome import Entry, Outcome
from services.usecases.view import MethodView
from services.vocabulary import SYSTEM, Event, Method, Objection
from tests.importing.test_after_recovery import dossier, file_of, updated
from tests.support.at_work import Desk
from tests.support.world import Customer, World

ANOTHER = {"kind": "totp", "label": "New app", "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "bound_at": "2026-11-20"}
NEW_CODES = {"salt": "11" * 16, "digests": ["ab" * 32], "issued_at": "2026-11-20"}

NEVER_VERIFIED = {"kind": "email", "value": "somebody@postbox.example"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A server's parts on a fresh database."""
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture
def who(world: World) -> Customer:
    """Somebody for whom a hundred wrong answers were given, of every kind."""
    who = world.customer(totp=True, codes=True)
    assert who.phone is not None
    now = world.clock()
    with world.storage.changing() as work:
        for name in (stands_on(Method.SMS_CODE, who.phone.id), RECOVERY_CODES, SENDS, ANY):
            row = replace(limits.none_yet(who.account.id, name, now), failures=3, in_a_row=100)
            work.attempts.put(row)
        work.record(Outcome(state=None, entry=Entry(event=Event.ATTEMPTS_LOCKED, at=now, actor=SYSTEM)))
    return who


def contacts(world: World, who: Customer) -> list[dict[str, Any]]:
    """What a file says of the contact points on file, undated."""
    return [{"kind": str(one.kind), "value": one.value} for one in dossier(world, who).contacts]


def counters(world: World, who: Customer) -> dict[str, Attempts]:
    return dict(dossier(world, who).attempts)


def rows(world: World, who: Customer) -> dict[str, int]:
    """How many failures in a row there are, by bucket."""
    return {name: one.in_a_row for name, one in counters(world, who).items()}


def methods(world: World, who: Customer) -> tuple[MethodView, ...]:
    """Every method, as an agent sees it."""
    return Desk.with_account(world, who).view().methods


def test_a_hundred_wrong_answers_shut_everything_until_something_is_bound_anew(
    world: World, who: Customer, tmp_path: Path
) -> None:
    """Not by waiting, and not by a file that brings nothing new; what is new waits for its quarantine all the same."""
    row = file_of(world, who) | {"contacts": contacts(world, who)}
    world.clock.turn(timedelta(days=30))
    assert updated(world, tmp_path, {**row, "name": "Amara O."}) == []
    assert all(Objection.FACTOR_DISABLED in {why.code for why in one.why_not} for one in methods(world, who))

    assert updated(world, tmp_path, {**row, "authenticators": [*row["authenticators"], ANOTHER]}) == []
    assert counters(world, who)[ANY].in_a_row == 0
    assert counters(world, who)[ANY].failures == 3, "the window goes on"
    ready = [one.offer.method for one in methods(world, who) if not one.why_not]
    assert Method.EMAIL_CODE in ready
    assert Method.RECOVERY_CODE not in ready, "a thing of its own, that was not bound anew"
    fresh = next(one for one in methods(world, who) if one.offer.method is Method.TOTP and one.why_not)
    assert [why.code for why in fresh.why_not] == [Objection.CHANGED_RECENTLY]


def test_each_thing_that_is_new_starts_afresh_and_nothing_else(world: World, who: Customer, tmp_path: Path) -> None:
    assert who.phone is not None
    phone = stands_on(Method.SMS_CODE, who.phone.id)
    row, points = file_of(world, who), contacts(world, who)
    assert rows(world, who) == {phone: 100, RECOVERY_CODES: 100, SENDS: 100, ANY: 100}
    mailbox = [one for one in points if one["kind"] == "email"]
    assert updated(world, tmp_path, {**row, "contacts": mailbox}) == []
    assert rows(world, who)[ANY] == 100, "what is taken away binds nothing"
    assert updated(world, tmp_path, {**row, "contacts": [*mailbox, NEVER_VERIFIED]}) == []
    assert rows(world, who)[ANY] == 100, "nor does what anybody may have typed"
    assert updated(world, tmp_path, {**row, "contacts": points}) == []
    assert rows(world, who) == {phone: 0, RECOVERY_CODES: 100, SENDS: 100, ANY: 0}
    world.clock.turn(timedelta(days=30))
    assert updated(world, tmp_path, {**row, "recovery_codes": NEW_CODES}) == []
    assert rows(world, who) == {phone: 0, RECOVERY_CODES: 0, SENDS: 100, ANY: 0}
