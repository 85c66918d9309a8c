"""The theme in force: palette, fonts and style sheet together, and never half of one."""

import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from console.settings import TEXT_SIZES as ALLOWED
from console.settings import Theme as Setting
from ui import assets, theme, widgets
from ui.theme import CHOICES, TEXT_SIZES, Theme, asked_for, look, style_sheet
from ui.widgets.text import Text

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.mark.parametrize("name", CHOICES[1:])
def test_a_theme_settles_palette_font_and_sheet(qapp: QApplication, theme: Theme, name: str) -> None:
    theme.apply(name, 130)
    assert look().scheme.name == name
    assert qapp.palette().color(QPalette.ColorRole.Window) == look().colour("canvas")
    assert qapp.palette().color(QPalette.ColorRole.Text) == look().colour("ink")
    assert qapp.font().pixelSize() == 17
    assert qapp.font().hintingPreference() == QFont.HintingPreference.PreferNoHinting
    assert look().scheme.colours["accent"] in qapp.styleSheet()


@pytest.mark.parametrize("name", CHOICES[1:])
def test_the_sheet_knows_every_token_it_names(theme: Theme, name: str) -> None:
    theme.apply(name)
    assert not re.findall(r"@\w+", style_sheet(look()))


def test_every_class_the_sheet_selects_exists(theme: Theme) -> None:
    sheet = re.sub(r"/\*.*?\*/", "", (assets.THEMES / "style.qss").read_text("utf-8"), flags=re.DOTALL)
    selectors = re.findall(r"([^{}]+)\{", sheet)
    named = {word for selector in selectors for word in re.findall(r"(?<![\w:#\"-])[A-Z]\w+", selector)}
    modules = [f"ui.widgets.{path.stem}" for path in Path(*widgets.__path__).glob("[a-z]*.py")]
    known = {
        name
        for module in (*modules, "ui.rail", "ui.top_bar", "ui.pages.sign_in")
        for name in dir(import_module(module))
    }
    ours = {name for name in named if not name.startswith("Q")}
    assert ours <= known


def test_fonts_are_ours(theme: Theme) -> None:
    assert {"Inter", "JetBrains Mono"} <= set(QFontDatabase.families())
    for role, family in (("body", "Inter"), ("strong", "Inter"), ("code", "JetBrains Mono")):
        assert QFontInfo(look().font(role)).family() == family
    assert QFontInfo(look().font("strong")).weight() == 600


def test_the_ring_of_a_capital_is_not_cut(theme: Theme) -> None:
    """Inter's own ascent is 0.969 em; ours is widened (resources/fonts/README.md)."""
    for role in ("body", "head"):
        font = look().font(role)
        label = QLabel()
        label.setFont(font)
        assert label.fontMetrics().ascent() >= -label.fontMetrics().tightBoundingRect("Å").top()


def test_a_label_takes_the_size_and_weight_of_its_role(qtbot: "QtBot", theme: Theme) -> None:
    label = Text("Amara", "head")
    qtbot.addWidget(label)
    label.ensurePolished()
    assert (label.font().pixelSize(), label.font().weight()) == (20, 600)
    theme.apply("light", 200)
    label.ensurePolished()
    assert label.font().pixelSize() == 40


def test_system_is_followed_when_it_is_chosen(qapp: QApplication, theme: Theme) -> None:
    hints = qapp.styleHints()
    theme.choose("system")
    hints.setColorScheme(Qt.ColorScheme.Dark)
    theme_follows = hints.colorScheme() == Qt.ColorScheme.Dark
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert look().scheme.name == ("dark" if theme_follows else "light")
    theme.choose("contrast")
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert look().scheme.name == "contrast"
    hints.unsetColorScheme()


@pytest.mark.parametrize(
    ("contrast", "scheme", "name"),
    [
        (Qt.ContrastPreference.HighContrast, Qt.ColorScheme.Light, "contrast"),
        (Qt.ContrastPreference.NoPreference, Qt.ColorScheme.Dark, "dark"),
        (Qt.ContrastPreference.NoPreference, Qt.ColorScheme.Light, "light"),
        (Qt.ContrastPreference.NoPreference, Qt.ColorScheme.Unknown, "light"),
    ],
)
def test_what_a_system_asks_for(contrast: Qt.ContrastPreference, scheme: Qt.ColorScheme, name: str) -> None:
    assert asked_for(contrast, scheme) == name


def test_choices_are_those_of_the_settings() -> None:
    assert set(CHOICES) == set(Setting)
    assert all(size in ALLOWED for size in TEXT_SIZES)
    assert TEXT_SIZES[-1] == 200, "WCAG 2.2 1.4.4 (X-06)"


def test_text_is_never_markup(qtbot: "QtBot", theme: Theme) -> None:
    label = Text("<b>Bobby</b> <img src='file:///etc/passwd'>")
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText


def test_a_part_without_a_parent_never_becomes_a_window(qtbot: "QtBot", theme: Theme) -> None:
    label = Text()
    label.show_text("words")
    assert not label.isVisible()
    home = QWidget()
    qtbot.addWidget(home)
    label.show_text("")
    label.show_text("words again")
    label.setParent(home)
    home.show()
    assert label.isVisible()


def test_licences_stand_beside_what_they_cover() -> None:
    for name in ("Inter-OFL.txt", "JetBrainsMono-OFL.txt"):
        assert "SIL OPEN FONT LICENSE" in (assets.FONTS / name).read_text("utf-8").upper()
    assert (assets.ICONS / "lucide" / "LICENSE").read_text("utf-8").startswith("ISC License")
    said = (assets.FONTS / "README.md").read_text("utf-8")
    assert all(path.name in said or path.stem.split("-")[1] in said for path in assets.FONTS.glob("*.ttf"))
    assert theme.FAMILY in said
