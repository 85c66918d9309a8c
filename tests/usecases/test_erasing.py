"""What was typed about a person is erased, wherever it stands, and the log can still be proven (L-12, invariant 12)."""

import pytest
from sqlalchemy import select

from services.domain.audit.report import Report
from services.domain.outcome import Missing
from services.storage import tables
from services.storage.audit_check import verify_database
from services.usecases import cases
from services.usecases.erasing import Erased, account_with, erase_words
from services.vocabulary import ActorId, Event
from tests.support.at_work import Desk
from tests.support.world import Customer, World

OPERATOR = ActorId("service:command-line")


def typed_about(world: World, who: Customer) -> Desk:
    """A case in which an agent types wherever one can: before the account is found, and after."""
    desk = Desk.open(world, reference="Amara, T-1042")
    note(desk, "Says that her name is Amara")
    desk.look_up("nobody@postbox.example")
    desk.look_up(who.account.customer_number)
    with world.storage.changing() as work:
        cases.reveal(world.service, work, desk.agent.staff, desk.case.id, "name", "Amara spells it for me")
    desk.run("freeze", reason="Amara fears for her account")
    note(desk, "Amara calls again tomorrow")
    return desk


def note(desk: Desk, text: str) -> None:
    with desk.world.storage.changing() as work:
        cases.note(desk.world.service, work, desk.agent.staff, desk.case.id, text)


def erase(world: World, who: Customer) -> Erased:
    with world.storage.changing() as work:
        return erase_words(world.service, work, who.account.id, OPERATOR)


def sealed(world: World) -> set[bytes]:
    """Everything typed that is kept, as the database has it."""
    columns = (
        tables.audit_prose.c.text,
        tables.audit_prose.c.salt,
        tables.notes.c.text,
        tables.cases.c.reference,
    )
    with world.parts.database.reading() as connection:
        return {value for column in columns for value in connection.scalars(select(column))}


def verified(world: World) -> Report:
    while world.parts.audit.integrate() is not None:
        pass
    with world.parts.database.reading() as connection:
        parts = world.parts
        return verify_database(connection, parts.sealer, parts.audit.key, parts.audit.remembered())


def test_everything_typed_about_an_account_is_erased(world: World, who: Customer) -> None:
    desk = typed_about(world, who)
    assert len(sealed(world)) == 5 * 2 + 2 + 1
    assert erase(world, who) == Erased(words=5, notes=2, references=1)
    with world.storage.reading() as work:
        assert work.cases.get(desk.case.id).reference == "–"
    assert len(sealed(world)) == 1
    assert erase(world, who) == Erased(words=0, notes=0, references=0)


def test_nothing_typed_about_anybody_else_is_erased(world: World, who: Customer) -> None:
    typed_about(world, who)
    nobody = Desk.open(world, reference="T-1043")
    note(nobody, "Hung up before I found anybody")
    others = sealed(world)
    typed_about(world, other := world.customer())
    erase(world, other)
    assert others < sealed(world)


def test_the_log_is_as_sound_as_before(world: World, who: Customer) -> None:
    typed_about(world, who)
    before = verified(world)
    erase(world, who)
    after = verified(world)
    assert (before.is_sound, before.disclosed) == (True, 5)
    assert (after.is_sound, after.disclosed) == (True, 0)
    assert after.entries == before.entries + 1


def test_it_is_on_record_with_counts_only(world: World, who: Customer) -> None:
    typed_about(world, who)
    erase(world, who)
    with world.parts.database.reading() as connection:
        table = tables.audit_entries
        last = connection.execute(select(table).order_by(table.c.serial.desc()).limit(1)).one()
    assert (last.event, last.actor, last.subject) == (Event.WORDS_ERASED, OPERATOR, who.account.id)
    assert '"details":{"notes":2,"references":1,"words":5}' in last.text


def test_nothing_of_it_stays_in_the_database_s_files(world: World, who: Customer) -> None:
    """What was sealed can be opened as long as it is there: so no piece of it may stay."""
    desk, other = typed_about(world, who), Desk.open(world)
    for nth in range(1, 100):
        note(desk, "x" * nth * 40)
        note(other, "y" * (100 - nth) * 40)
    before = sealed(world)
    erase(world, who)
    gone = before - sealed(world)
    assert len(gone) == 13 + 99 * 3
    assert world.parts.database.forget_deleted()
    files = b"".join(path.read_bytes() for path in world.settings.data_dir.iterdir() if path.is_file())
    assert [one for one in gone if any(piece in files for piece in pieces(one))] == []
    assert all(one in files for one in sealed(world) if len(one) < 200)


def pieces(value: bytes) -> list[bytes]:
    return [value[start : start + 16] for start in range(5, len(value) - 16, 16)]


@pytest.mark.parametrize("spelt", ["{}", " {} ", "rc-{:.0}{}"])
def test_the_account_is_found_by_its_number_however_it_is_spelt(world: World, who: Customer, spelt: str) -> None:
    number = who.account.customer_number
    with world.storage.reading() as work:
        assert account_with(world.service, work, spelt.format(number, number.removeprefix("RC"))) == who.account.id


@pytest.mark.parametrize("unknown", ["RC9999999", "", "amara1@postbox.example"])
def test_another_customer_number_finds_nobody(world: World, who: Customer, unknown: str) -> None:
    with world.storage.reading() as work, pytest.raises(Missing):
        account_with(world.service, work, unknown)


def test_a_case_whose_words_were_erased_goes_on(world: World, who: Customer) -> None:
    desk = typed_about(world, who)
    erase(world, who)
    note(desk, "She called again")
    assert erase(world, who) == Erased(words=1, notes=1, references=0)
