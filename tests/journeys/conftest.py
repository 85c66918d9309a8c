"""What every journey has: a portal, and seats at it that leave neither a thread nor a widget behind."""

import gc
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from console.vault import Vault
from tests.support.journey import PATIENCE_SECONDS, Portal, Seat
from tests.support.world import World
from ui.bridge import GuiGc
from ui.theme import Theme, load_fonts

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


class MakeSeat(Protocol):
    """Makes a seat, whose local store is in a folder of this *name*."""

    def __call__(
        self,
        name: str = "desk",
        vault: Vault | None = None,
        key_vault: Vault | None = None,
        *,
        ca_file: Path | None = None,
        patient: bool = True,
    ) -> Seat:
        """Whatever is not given is kept in memory; *ca_file* and *patient* as in `Seat`."""


@pytest.fixture(scope="session", autouse=True)
def modules_are_no_garbage() -> Iterator[None]:
    """What was imported by now is not gone through again by every collection: there is one after each journey."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """The style that we draw on."""
    return ["rightful", "-style", "fusion"]


@pytest.fixture(scope="session")
def fonts(qapp: "QApplication") -> None:
    """Our fonts, loaded once."""
    load_fonts()


@pytest.fixture
def theme(qapp: "QApplication", fonts: None) -> Iterator[Theme]:
    """The light theme at its usual size."""
    made = Theme(qapp)
    made.choose("light", 100)
    yield made
    made.deleteLater()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A server's parts on a fresh database."""
    made = World(tmp_path / "service")
    yield made
    made.close()


@pytest.fixture
def portal(world: World) -> Iterator[Portal]:
    """The service."""
    made = Portal(world)
    yield made
    made.close()


@pytest.fixture
def sit_down(qapp: "QApplication", theme: Theme, portal: Portal, tmp_path: Path) -> Iterator[MakeSeat]:
    """Makes seats. Afterwards no thread is left and no widget."""
    before, shown = set(threading.enumerate()), set(qapp.allWidgets())
    collecting = GuiGc()
    seats: list[Seat] = []

    def make(
        name: str = "desk",
        vault: Vault | None = None,
        key_vault: Vault | None = None,
        *,
        ca_file: Path | None = None,
        patient: bool = True,
    ) -> Seat:
        folder = tmp_path / name
        seats.append(
            Seat(portal.app, theme, folder, vault=vault, key_vault=key_vault, ca_file=ca_file, patient=patient)
        )
        return seats[-1]

    yield make
    for seat in seats:
        seat.leave()
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE_SECONDS)
    collecting.stop()
    gc.collect()
    assert set(threading.enumerate()) <= before
    assert set(qapp.allWidgets()) <= shown


@pytest.fixture
def seat(sit_down: MakeSeat) -> Seat:
    """One workstation."""
    return sit_down()
