"""A site for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.http import Site
from tests.support.world import World


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The HTTP application of a fresh world."""
    world = World(tmp_path)
    made = Site(world)
    yield made
    made.close()
    world.close()
