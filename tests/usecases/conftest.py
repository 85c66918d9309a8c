"""A world for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.at_work import Desk
from tests.support.world import Customer, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A server's parts on a fresh database."""
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture
def who(world: World) -> Customer:
    """Somebody with a phone and a mailbox."""
    return world.customer()


@pytest.fixture
def desk(world: World, who: Customer) -> Desk:
    """An agent who found them."""
    return Desk.with_account(world, who)
