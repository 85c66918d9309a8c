"""The theme in force: palette first, then one style sheet, both made from the design tokens."""

import re
from functools import cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from ui import tokens
from ui.assets import FONTS, THEMES

FAMILY = "Inter"
"""Everything but codes and numbers that are read out."""
MONO = "JetBrains Mono"
"""Case numbers, codes."""
MONO_ROLES = frozenset({"code", "readout"})
"""Type roles in the mono face."""
CHOICES = ("system", "light", "dark", "contrast")
"""What a person may choose (`console.settings.Theme`); `system` follows the desktop's own setting."""
TEXT_SIZES = (100, 115, 130, 160, 200)
"""Percent a person may choose from; 200 answers WCAG 2.2 1.4.4 (X-06)."""
TIGHT_FROM = 20
"""Pixels from which letters stand 1.5 % closer."""
INDICATOR_BORDER = 2
"""Pixels around a radio button's or a check box's inside, in the style sheet."""


class Look:
    """One theme at one text size: everything that painting needs."""

    def __init__(self, all_tokens: tokens.Tokens, name: str, text_size: float) -> None:
        self.tokens = all_tokens
        self.scheme = all_tokens.schemes[name]
        self.text_size = text_size
        self._colours = {token: QColor(value) for token, value in self.scheme.colours.items()}

    def is_like(self, other: "Look | None") -> bool:
        """Whether everything would be drawn as with *other*."""
        return other is not None and (self.scheme.name, self.text_size) == (other.scheme.name, other.text_size)

    def colour(self, token: str) -> QColor:
        """The colour of a token."""
        return self._colours[token]

    def px(self, size: str) -> int:
        """A size token in pixels, grown with the text."""
        return round(self.tokens.size[size] * self.text_size)

    def space(self, step: str) -> int:
        """A step of the space scale in pixels."""
        return self.tokens.space[step]

    def radius(self, shape: str) -> int:
        """A corner radius in pixels."""
        return self.tokens.radius[shape]

    def text_px(self, role: str) -> int:
        """The size of a type role in pixels."""
        return round(self.tokens.faces[role].pixels * self.text_size)

    def font(self, role: str) -> QFont:
        """The font of a type role."""
        font = QFont(MONO if role in MONO_ROLES else FAMILY)
        font.setPixelSize(self.text_px(role))
        font.setWeight(QFont.Weight(self.tokens.faces[role].weight))
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        if self.tokens.faces[role].pixels >= TIGHT_FROM and role not in MONO_ROLES:
            font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 98.5)
        return font


class _Active:
    look: Look | None = None


def look() -> Look:
    """The look in force; light until a theme was applied. For painting, on the Qt thread."""
    if _Active.look is None:
        _Active.look = Look(_tokens(), "light", 1.0)
    return _Active.look


def asked_for(contrast: Qt.ContrastPreference, scheme: Qt.ColorScheme) -> str:
    """The theme that a system with these settings asks for; unknown means light."""
    if contrast == Qt.ContrastPreference.HighContrast:
        return "contrast"
    return "dark" if scheme == Qt.ColorScheme.Dark else "light"


def load_fonts() -> None:
    """Make the fonts that come with the desktop known to Qt."""
    for path in sorted(FONTS.glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(path))


class Theme(QObject):
    """Chooses and applies the look of the whole application. One per application."""

    changed = Signal()
    """The look is another one now; painted widgets repaint by themselves."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self.choice = "system"
        self.percent = 100
        self._hints = app.styleHints()
        self._contrast = self._hints.accessibility()  # belongs to _hints, and its wrapper dies with that one's
        self._hints.colorSchemeChanged.connect(self._follow)
        self._contrast.contrastPreferenceChanged.connect(self._follow)

    def choose(self, choice: str, percent: int | None = None) -> None:
        """Apply what a person chose, and follow the system from now on if that is what they chose."""
        self.choice = choice
        self._hints.setColorScheme(_NATIVE[choice])
        self.apply(self.system_name() if choice == "system" else choice, percent)

    def apply(self, name: str, percent: int | None = None) -> None:
        """Put a theme in force: `light`, `dark` or `contrast`. Settles palette, font and style sheet at once.

        *percent* is the text size; None leaves it as it is.
        """
        self.percent = self.percent if percent is None else percent
        now = Look(_tokens(), name, self.percent / 100)
        if now.is_like(_Active.look) and self._app.styleSheet():
            return  # to style every widget anew takes a quarter of a second
        _Active.look = now
        self._app.setFont(now.font("body"))
        self._app.setPalette(_palette(now))
        self._app.setStyleSheet(style_sheet(now))
        self.changed.emit()

    def system_name(self) -> str:
        """The theme that the system's own settings ask for; unknown means light."""
        return asked_for(self._contrast.contrastPreference(), self._hints.colorScheme())

    def _follow(self) -> None:
        if self.choice == "system" and look().scheme.name != self.system_name():
            self.apply(self.system_name())


_NATIVE = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
    "contrast": Qt.ColorScheme.Dark,
}
"""What the window frame, which the system draws, should be."""

_ROLES = {
    QPalette.ColorRole.Window: "canvas",
    QPalette.ColorRole.WindowText: "ink",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "sunken",
    QPalette.ColorRole.Text: "ink",
    QPalette.ColorRole.PlaceholderText: "ink3",
    QPalette.ColorRole.Button: "raised",
    QPalette.ColorRole.ButtonText: "ink",
    QPalette.ColorRole.BrightText: "on_bad",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "ink",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "plum",
    QPalette.ColorRole.Light: "raised",
    QPalette.ColorRole.Midlight: "hover",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Dark: "line_strong",
    QPalette.ColorRole.Shadow: "line_strong",
}
_EDGES = {
    "info": ("accent_soft", "accent_ink"),
    "ok": ("ok_soft", "ok"),
    "warn": ("warn_soft", "warn"),
    "bad": ("bad_soft", "bad"),
    "neutral": ("neutral_soft", "ink2"),
}
"""The border of a banner by tone: invisible, and drawn where the theme outlines its soft fills."""
_DISABLED = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)


def _palette(now: Look) -> QPalette:
    palette = QPalette()
    for role, token in _ROLES.items():
        palette.setColor(role, now.colour(token))
    for role in _DISABLED:
        palette.setColor(QPalette.ColorGroup.Disabled, role, now.colour("disabled"))
    return palette


def style_sheet(now: Look) -> str:
    """The one style sheet, with every `@name` replaced by its token.

    Raises:
        KeyError: The sheet names a token that does not exist.
    """
    words = _words(now)
    return re.sub(r"@(\w+)", lambda found: words[found[1]], _template())


def _words(now: Look) -> dict[str, str]:
    pixels = {name: now.px(name) for name in now.tokens.size}
    pixels |= {f"space_{name}": value for name, value in now.tokens.space.items()}
    pixels |= {f"round_{name}": value for name, value in now.tokens.radius.items()}
    pixels |= {f"text_{role}": now.text_px(role) for role in now.tokens.faces}
    pixels |= {f"{name}_inside": now.px(name) - 2 * now.scheme.border for name in ("control", "control_small")}
    pixels |= {"border": now.scheme.border, **_indicator(now.px("indicator") + 2 * INDICATOR_BORDER, now)}
    edges = {f"{tone}_edge": now.scheme.colours[pair[now.scheme.outlined]] for tone, pair in _EDGES.items()}
    edges["rest_style"] = "dashed" if now.scheme.outlined else "solid"
    return {**{name: f"{value}px" for name, value in pixels.items()}, **now.scheme.colours, **edges}


def _indicator(side: int, now: Look) -> dict[str, int]:
    """A radio button's dot and corners: chosen or not, it takes as many pixels."""
    return {"indicator_round": side // 2, "indicator_dot": side - 2 * now.px("indicator_ring")}


@cache
def _tokens() -> tokens.Tokens:
    return tokens.read()


@cache
def _template() -> str:
    sheet = (THEMES / "style.qss").read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
