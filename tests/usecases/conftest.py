"""A world for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A server's parts on a fresh database."""
    made = World(tmp_path)
    yield made
    made.close()
