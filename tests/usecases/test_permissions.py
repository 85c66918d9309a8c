"""Invariant 1: the server decides, at each step and by what the role grants at that moment."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from services.domain.outcome import Missing, Refused, Why
from services.secret import Secret
from services.usecases import cases, checks
from services.usecases.ports import Passwords
from services.vocabulary import Objection, Permission
from tests.support.at_work import Desk
from tests.support.world import Customer, Person, World

Deed = Callable[[Desk, Customer], object]


def reveal(desk: Desk, _who: Customer) -> None:
    """Show the name in clear."""
    with desk.world.storage.changing() as work:
        cases.reveal(desk.world.service, work, desk.agent.staff, desk.case.id, "name", "The caller asks which one")


def start(desk: Desk, who: Customer) -> None:
    """Start a check."""
    assert who.phone is not None
    desk.start(f"sms_code:{who.phone.id}")


def answer(desk: Desk, who: Customer) -> None:
    """Answer the check that a colleague with the permission started."""
    assert who.phone is not None
    check = replace_agent(desk, Permission.RUN_CHECK, grant=True).start(f"sms_code:{who.phone.id}")
    desk.answer(check, "123456")


def replace_agent(desk: Desk, permission: Permission, *, grant: bool) -> Desk:
    """The same agent in the same case, with a permission more or less."""
    staff = desk.agent.staff
    others = staff.permissions - {permission}
    changed = replace(staff, permissions=others | {permission} if grant else others)
    return Desk(desk.world, Person(staff=changed, key=desk.agent.key), desk.case)


@pytest.mark.parametrize(
    ("permission", "deed"),
    [
        (Permission.REVEAL, reveal),
        (Permission.RUN_CHECK, start),
        (Permission.RUN_CHECK, answer),
        (Permission.UNLOCK, lambda desk, _who: desk.run("unlock")),
        (Permission.FREEZE, lambda desk, _who: desk.run("freeze", reason="The owner asked for it.")),
    ],
    ids=["reveal", "start a check", "answer a check", "unlock", "freeze"],
)
def test_what_the_role_does_not_grant_is_refused(world: World, permission: Permission, deed: Deed) -> None:
    """Also when it was taken away in the middle of the case; and nothing of it is left behind."""
    who = world.customer(locked=True)
    desk = replace_agent(Desk.with_account(world, who), permission, grant=False)
    with pytest.raises(Refused) as refused:
        deed(desk, who)
    assert Why(code=Objection.MAY_NOT, about=permission) in refused.value.reasons


def test_without_the_permission_no_case_is_opened_and_nobody_looked_up(world: World) -> None:
    desk = Desk.open(world)
    less = replace_agent(desk, Permission.OPEN_CASE, grant=False)
    for deed in (lambda: Desk.open(world, less.agent), lambda: less.look_up(world.customer().account.customer_number)):
        with pytest.raises(Refused) as refused:
            deed()
        assert Why(code=Objection.MAY_NOT, about=Permission.OPEN_CASE) in refused.value.reasons


def test_without_an_account_nothing_is_shown_or_checked(world: World) -> None:
    desk, who = Desk.open(world), world.customer()
    for deed in (reveal, start):
        with pytest.raises(Refused) as refused:
            deed(desk, who)
        assert Objection.NO_ACCOUNT_YET in [reason.code for reason in refused.value.reasons]


def test_what_is_not_on_file_is_not_checked(world: World) -> None:
    """Invariant 6: nor what is on file of somebody else."""
    desk, other = Desk.with_account(world, world.customer()), world.customer()
    assert other.phone is not None
    for option in (f"sms_code:{other.phone.id}", "sms_code:+447700900123", "sms_code", ""):
        with pytest.raises(Refused) as refused:
            desk.start(option)
        assert [reason.code for reason in refused.value.reasons] == [Objection.NOT_ON_FILE]


def test_what_the_owner_types_the_agent_cannot_type(world: World) -> None:
    """A reverse code is answered on the owner's page and nowhere else."""
    who = world.customer()
    assert who.phone is not None
    desk = Desk.with_account(world, who)
    check = desk.start(f"reverse_code:{who.phone.id}")
    with pytest.raises(Refused) as refused:
        desk.answer(check, check.read_out or "")
    assert [reason.code for reason in refused.value.reasons] == [Objection.ANSWERED_BY_OWNER]


class Counted:
    """The hashing of passwords and codes, and how often a code was hashed."""

    def __init__(self, passwords: Passwords) -> None:
        self._passwords, self.codes = passwords, 0
        self.hashed, self.fits = passwords.hashed, passwords.fits

    def code_digest(self, salt: bytes, code: Secret[str]) -> bytes:
        """See `services.usecases.ports.Passwords`."""
        self.codes += 1
        return self._passwords.code_digest(salt, code)


def test_a_hash_is_spent_for_nobody_but_who_may_answer(world: World) -> None:
    """A-33: a dear one, which else anybody with the id of a check could ask for in any number."""
    who = world.customer(codes=True)
    passwords = Counted(world.service.passwords)
    world.service = replace(world.service, passwords=passwords)
    desk, code = Desk.with_account(world, who), who.codes[0].reveal()
    check = desk.start("recovery_code")
    elsewhere = Desk.with_account(world, who, desk.agent)
    for other in (Desk(world, world.person(), desk.case), Desk(world, world.person("auditor"), desk.case), elsewhere):
        with pytest.raises((Missing, Refused)):
            other.answer(check, code)
    with pytest.raises(Refused):
        replace_agent(desk, Permission.RUN_CHECK, grant=False).answer(check, code)
    assert passwords.codes == 0
    desk.answer(check, code)
    assert passwords.codes == 1


def test_a_colleagues_case_takes_no_note_and_no_answer(world: World) -> None:
    who = world.customer()
    assert who.phone is not None
    desk = Desk.with_account(world, who)
    check = desk.start(f"sms_code:{who.phone.id}")
    other = Desk(world, world.person(), desk.case)
    with pytest.raises(Missing):
        other.answer(check, "123456")
    with pytest.raises(Missing), world.storage.changing() as work:
        cases.note(world.service, work, other.agent.staff, desk.case.id, "Rings back at noon")
    mine = Desk.with_account(world, world.customer(), desk.agent)
    with pytest.raises(Missing), world.storage.changing() as work:
        checks.cancel(world.service, work, mine.agent.staff, mine.case.id, check.id)
