"""No window stays open on an account: not for others, not for long, not after the case (invariant 2)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.domain.account import ContactPoint
from services.domain.case import REVEAL_LIFE
from services.domain.outcome import Entry, Outcome
from services.usecases import staff, timers
from services.vocabulary import SYSTEM, ContactKind, ContactPointId, Event, StaffId
from tests.support.http import Caller, Site
from tests.support.world import Customer, Person

WHY = {"field": "name", "reason": "The caller spells it out"}
KEY = "key-of-the-reveal"


class Reveals:
    """An agent's case in which the name is shown in clear, and a number is waiting to be read out."""

    def __init__(self, site: Site) -> None:
        self.site, self.agent = site, site.world.person()
        self.who: Customer = site.world.customer(totp=True)
        assert self.who.phone is not None
        self.caller = site.sign_in(self.agent)
        self.path = f"/cases/{self.caller.open_case(self.who.account.customer_number)['id']}"
        self.check = {"option": f"reverse_code:{self.who.phone.id}"}
        self.caller.post(f"{self.path}/checks", self.check, key="key-of-the-check")
        self.shown = self.caller.post(f"{self.path}/reveal", WHY, key=KEY)

    def seen_by(self, caller: Caller) -> dict[str, Any]:
        """The case's card."""
        card: dict[str, Any] = caller.get(self.path).json()
        return card

    def close(self) -> None:
        """The agent ends the case."""
        ask = {"version": self.seen_by(self.caller)["version"]}
        assert self.caller.post(f"{self.path}/close", ask).status_code == 200

    def moved_to(self, role: str) -> Caller:
        """The agent after they were given another role, signed in anew."""
        with self.site.world.storage.changing() as work:
            boss = self.site.world.service.roles["administrator"]
            actor = replace(self.agent.staff, id=StaffId("stf_boss"), permissions=boss)
            staff.change_role(self.site.world.service, work, actor, self.agent.staff.id, role)
        return self.again()

    def again(self, person: Person | None = None) -> Caller:
        """Signed in anew, with the next code."""
        self.site.world.clock.turn(timedelta(seconds=30))
        return self.site.sign_in(person or self.agent)


@pytest.fixture
def reveals(site: Site) -> Reveals:
    """A name in clear."""
    site.world.person("administrator")
    return Reveals(site)


@pytest.mark.parametrize("role", ["auditor", "supervisor"])
def test_what_is_in_clear_is_for_the_agent_alone(reveals: Reveals, role: str) -> None:
    """Who sees every case gives a reason of their own, or sees what is masked; and reads no number to anybody."""
    mine, theirs = (reveals.seen_by(one) for one in (reveals.caller, reveals.again(reveals.site.world.person(role))))
    assert (mine["account"]["name"], mine["account"]["revealed"]) == (reveals.who.account.name, ["name"])
    assert mine["checks"][0]["read_out"] in str(mine)
    assert mine["checks"][0]["read_out"] not in str(theirs)
    assert reveals.who.account.name not in str(theirs)
    assert theirs["account"]["revealed"] == []


def test_what_is_in_clear_is_masked_again_by_itself(reveals: Reveals) -> None:
    account = reveals.seen_by(reveals.caller)["account"]
    assert account["masked_again_at"] == (reveals.site.world.clock() + REVEAL_LIFE).isoformat().replace("+00:00", "Z")
    reveals.site.world.clock.turn(REVEAL_LIFE)
    account = reveals.seen_by(reveals.caller)["account"]
    assert (reveals.who.account.name in str(account), account["masked_again_at"]) == (False, None)
    reveals.caller.post(f"{reveals.path}/reveal", WHY)
    assert reveals.who.account.name in str(reveals.seen_by(reveals.caller))


def test_an_answer_that_is_given_again_shows_no_more_than_a_new_one(reveals: Reveals) -> None:
    """The same key does nothing twice, and is no key to what was in clear once."""
    assert reveals.who.account.name in reveals.shown.text
    assert reveals.caller.post(f"{reveals.path}/reveal", WHY, key=KEY).content == reveals.shown.content
    reveals.close()
    told = reveals.site.world.events()
    repeated = reveals.caller.post(f"{reveals.path}/reveal", WHY, key=KEY)
    assert (repeated.status_code, repeated.json()["state"]) == (200, "closed")
    assert reveals.who.account.name not in repeated.text
    number = reveals.caller.post(f"{reveals.path}/checks", reveals.check, key="key-of-the-check").json()
    assert number["checks"][0]["read_out"] is None
    assert reveals.site.world.events() == told


def test_a_case_that_ended_shows_its_record_and_nothing_of_the_account_as_it_is(reveals: Reveals) -> None:
    reveals.close()
    before = reveals.seen_by(reveals.caller)
    world = reveals.site.world
    with world.storage.changing() as work:
        account = work.accounts.get(reveals.who.account.id)
        work.accounts.put(replace(account, last_sign_in_at=world.clock(), locked_at=world.clock(), privileged=True))
        fresh = ContactPoint(
            id=ContactPointId(world.service.new_id("cp")),
            account_id=account.id,
            kind=ContactKind.EMAIL,
            value="new@postbox.example",
            verified_at=None,
            changed_at=world.clock(),
        )
        work.contacts.put(fresh)
        work.record(Outcome(state=None, entry=Entry(event=Event.ACCOUNTS_IMPORTED, at=world.clock(), actor=SYSTEM)))
    world.clock.turn(timedelta(minutes=1))
    after = reveals.seen_by(reveals.caller)
    assert after == before
    assert (after["methods"], after["actions"], after["risk_reasons"]) == ([], [], [])
    assert (after["account"]["live"], after["account"]["contacts"]) == (False, [])
    assert (after["account"]["name"][0], len(after["checks"])) == ("A", 1)
    assert [item["event"] for item in after["timeline"]][-2:] == ["case.closed", "check.cancelled"]


def test_a_case_that_nobody_touches_closes_itself_and_says_so(reveals: Reveals) -> None:
    """An open case is a window on the account; that its agent looks through it, or would, keeps it open no longer."""
    world = reveals.site.world
    world.clock.turn(timedelta(minutes=10))
    assert timers.settle_due(world.service) == 1
    world.clock.turn(world.service.policy.case_idle - timedelta(minutes=1))
    again = reveals.site.sign_in(reveals.agent)
    assert reveals.seen_by(again)["account"]["live"]
    assert again.post(f"{reveals.path}/lookup", {"query": reveals.who.account.customer_number}).status_code == 409
    assert world.events()[-1] == "staff.refused"
    assert timers.settle_due(world.service) == 0
    world.clock.turn(timedelta(minutes=1))
    assert timers.settle_due(world.service) == 1
    card = reveals.seen_by(again)
    assert (card["state"], card["account"]["live"], card["methods"], card["actions"]) == ("closed", False, [], [])
    last = card["timeline"][-1]
    assert (last["event"], last["actor"]) == ("case.expired", "system")


def test_another_role_leaves_no_window_on_old_cases(reveals: Reveals) -> None:
    """A-34: not through the case, and not through an answer that was kept."""
    moved = reveals.moved_to("administrator")
    assert moved.get(reveals.path).status_code == 404
    assert moved.post(f"{reveals.path}/reveal", WHY, key=KEY).status_code == 404


def test_who_sees_every_case_now_reads_their_own_old_ones_on_record(reveals: Reveals) -> None:
    moved = reveals.moved_to("auditor")
    card = reveals.seen_by(moved)
    assert [reason["code"] for reason in card["why_not"]] == ["may_not"]
    assert reveals.who.account.name not in str(card)
    assert reveals.site.world.events()[-1] == "case.read"
