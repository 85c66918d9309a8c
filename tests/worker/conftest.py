"""A portal, and an engine that performs its effects."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.worker.engine import Effects
from tests.worker.portal import Portal, effects_of


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    """With nothing to perform yet."""
    return Portal(tmp_path / "portal.db")


@pytest.fixture
def effects(portal: Portal, tmp_path: Path) -> Iterator[Effects]:
    """Launched."""
    effects = effects_of(portal, tmp_path)
    effects.launch()
    yield effects
    effects.stop()
