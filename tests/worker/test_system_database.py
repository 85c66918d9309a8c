"""The engine's own file may be lost or damaged: nothing is forgotten, and nothing happens twice (invariant 13)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.damage import damage
from tests.worker.portal import STEPS, Portal, drained, effects_of, submit

MOVED = "effects.db is damaged, and was moved to effects.db-damaged"


def scribbled(file: Path) -> None:
    file.write_bytes(b"what a power cut left behind " * 500)
    file.with_name(f"{file.name}-wal").write_bytes(b"of another time")


def page_lost(file: Path) -> None:
    damage(file, "dbos_migrations")


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(scribbled, marks=pytest.mark.logs_warning(MOVED)),
        pytest.param(page_lost, marks=pytest.mark.logs_warning(MOVED, "DBOS failed to launch")),
    ],
)
def test_a_damaged_file_is_set_aside_and_nothing_happens_twice(
    spoil: Callable[[Path], None], portal: Portal, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    effects = effects_of(portal, tmp_path)
    effects.launch()
    submit(effects, "act_1")
    assert drained(10)
    effects.stop()
    spoil(tmp_path / "effects.db")
    spoilt = (tmp_path / "effects.db").read_bytes()
    effects.launch()
    submit(effects, "act_1", "act_2")
    assert drained(10)
    effects.stop()
    assert (portal.what_happened("act_1"), portal.what_happened("act_2")) == (STEPS, STEPS)
    assert (tmp_path / "effects.db-damaged").read_bytes() == spoilt
    assert sum(f"{tmp_path / 'effects.db'} is damaged" in one.getMessage() for one in caplog.records) == 1


def test_a_lock_that_cannot_be_made_is_named(portal: Portal, tmp_path: Path) -> None:
    (tmp_path / "effects.db-held").mkdir()
    with pytest.raises(OSError, match=r"effects\.db-held"):
        effects_of(portal, tmp_path).launch()
