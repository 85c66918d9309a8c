"""Icons: those that are named are there, those that are there are named, and they take the colour of the theme."""

import ast
import gc
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtWidgets import QPushButton

from tests.architecture.source import modules
from ui import assets
from ui.icons import icon
from ui.theme import Theme, look

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def words_in_code() -> set[str]:
    """Every string literal of the interface."""
    return {
        node.value
        for module in modules("ui")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def strongest(image: QImage) -> QColor:
    """The colour of the most opaque pixel."""
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(pixels, key=lambda colour: colour.alpha())


def test_every_icon_in_the_folder_is_used() -> None:
    files = {path.stem for path in (assets.ICONS / "lucide").glob("*.svg")}
    assert files - words_in_code() == set()


def test_every_icon_can_be_drawn(theme: Theme) -> None:
    for path in (*(assets.ICONS / "lucide").glob("*.svg"), assets.ICONS / "mark.svg"):
        image = icon(path.stem, "ink").pixmap(QSize(24, 24)).toImage()
        assert strongest(image).alpha() > 200, path.stem


def test_an_icon_follows_the_theme(theme: Theme) -> None:
    drawn = icon("check", "accent")
    for name in ("light", "dark", "contrast"):
        theme.apply(name)
        assert strongest(drawn.pixmap(QSize(48, 48)).toImage()).rgb() == look().colour("accent").rgb()


def test_a_disabled_icon_takes_the_colour_of_disabled_text(theme: Theme) -> None:
    pixmap = icon("check", "accent").pixmap(QSize(48, 48), QIcon.Mode.Disabled)
    assert strongest(pixmap.toImage()).rgb() == look().colour("disabled").rgb()


def test_an_icon_is_sharp_on_a_dense_screen(theme: Theme) -> None:
    pixmap = icon("check", "ink").pixmap(QSize(16, 16), 2.0)
    assert pixmap.size() == QSize(32, 32)


def test_copies_of_an_icon_outlive_it(qtbot: "QtBot", theme: Theme) -> None:
    buttons = [QPushButton(icon("lock", "bad"), "") for _ in range(50)]
    for button in buttons:
        qtbot.addWidget(button)
        button.setIcon(QIcon(button.icon()))
    gc.collect()
    assert all(not button.grab().isNull() for button in buttons)
