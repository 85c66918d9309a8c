"""What the tests of the Qt side share: one application, our fonts, and a theme to look at."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.ui.looking import settle
from tests.ui.stage import Stage
from ui.theme import Theme, load_fonts

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot


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
    """The light theme at its usual size; no widget of a test outlives it."""
    made = Theme(qapp)
    made.choose("light", 100)
    yield made
    for widget in qapp.topLevelWidgets():
        widget.deleteLater()
    made.deleteLater()
    settle()


@pytest.fixture
def stage(qtbot: "QtBot", theme: Theme) -> Stage:
    """A whole window, with an agent signed in."""
    made = Stage(theme)
    qtbot.addWidget(made.window)
    return made
