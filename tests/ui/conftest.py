"""What the tests of the Qt side share: one application, our fonts, and a theme to look at."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from ui.theme import Theme, load_fonts

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


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
    """The light theme at its usual size; whatever a test makes of it is gone after the test."""
    made = Theme(qapp)
    made.choose("light", 100)
    yield made
    made.deleteLater()
