"""What is personal in a row is sealed in it, however far from a name or an address it stands (invariant 14)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, insert, select
from sqlalchemy.exc import IntegrityError

from services.storage import tables
from services.storage.bulk import DEVICES, TrustedDevice
from services.storage.mappers import AUTHENTICATORS
from tests.support.at_work import Desk
from tests.support.world import World

LABEL = "Amara's telephone"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


def stored(world: World, column: Column[bytes]) -> bytes:
    """The one value of a column, as it lies in the database."""
    with world.parts.database.reading() as connection:
        return bytes(connection.scalars(select(column)).one())


def test_what_a_step_says_of_an_address(world: World) -> None:
    """A masked address is personal still: it names a mailbox's host."""
    who = world.customer()
    assert who.phone is not None
    desk = Desk.with_account(world, who)
    desk.reverse_code(who.phone.id)
    action = desk.run("reset_link")
    world.work()
    assert "@postbox.example" in desk.action(action).steps[0].result
    assert b"postbox" not in stored(world, tables.actions.c.steps)


def test_what_people_call_their_authenticators(world: World) -> None:
    authenticator = world.customer(totp=True).authenticator
    assert authenticator is not None
    with world.parts.database.reading() as connection:
        (row,) = connection.execute(select(tables.authenticators))
    assert AUTHENTICATORS.state(row, world.parts.sealer) == authenticator
    assert authenticator.label.encode() not in stored(world, tables.authenticators.c.label)


def test_what_the_database_complains_of(world: World) -> None:
    """An error ends up in a log."""
    device = {"id": "dev_1", "account_id": "nobody", "label": LABEL.encode(), "seen_at": world.clock()}
    with pytest.raises(IntegrityError) as raised, world.parts.database.changing() as connection:
        connection.execute(insert(tables.trusted_devices).values(device))
    assert "INSERT INTO trusted_devices" in str(raised.value)
    assert LABEL not in str(raised.value)


def test_what_people_call_their_devices(world: World) -> None:
    device = TrustedDevice(id="dev_1", account_id=world.customer().account.id, label=LABEL, seen_at=world.clock())
    with world.parts.database.changing() as connection:
        connection.execute(insert(tables.trusted_devices).values(DEVICES.row(device, world.parts.sealer)))
        row = connection.execute(select(tables.trusted_devices)).one()
    assert DEVICES.state(row, world.parts.sealer) == device
    assert LABEL.encode() not in stored(world, tables.trusted_devices.c.label)
