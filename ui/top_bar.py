"""The bar above every page: the way to every command, how well the service is heard, and how things look."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QActionGroup, QIcon, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy

from ui.icons import icon
from ui.shell_state import LinkState
from ui.theme import TEXT_SIZES, look
from ui.widgets.buttons import Button, IconButton
from ui.widgets.key_hint import KeyHint, native
from ui.widgets.pill import Pill
from ui.widgets.text import tooltip

__all__ = ["LinkState", "TopBar"]

_PICTURES = {"system": "monitor", "light": "sun", "dark": "moon", "contrast": "contrast"}
"""Of the themes; the one in force has a tick in its place."""

WORDS_FROM = 260
"""Width in pixels, at text size 1.0, from which there is room for the word of the connection's state."""


class SearchButton(Button):
    """Looks like a search field and opens the command palette."""

    ICON_TOKEN = "ink2"

    def __init__(self, label: str, shortcut: str) -> None:
        super().__init__(label, "search")
        self._words = label
        self.setAccessibleDescription(native(shortcut))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 7, 0)
        layout.addStretch(1)
        self._hint = KeyHint(shortcut)
        layout.addWidget(self._hint)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Wide where there is room."""
        return QSize(round(420 * look().text_size), super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The shortcut goes before the words do; of words that have no room the first is left, or none."""
        super().resizeEvent(event)
        self._hint.setVisible(event.size().width() > 250 * look().text_size)
        room = event.size().width() - self.sizeHint().height() - look().px("icon")
        fits = (words for words in (self._words, self._words.split()[0]) if self._breadth_of(words) <= room)
        self.set_label(next(fits, ""), "search")
        self.setAccessibleName(self._words)

    def minimumSizeHint(self) -> QSize:
        """The icon, at least."""
        side = super().sizeHint().height()
        return QSize(side, side)

    def _breadth_of(self, words: str) -> int:
        return self.fontMetrics().horizontalAdvance(words)


class TopBar(QFrame):
    """Search, the state of the connection, appearance."""

    search_wanted = Signal()
    theme_chosen = Signal(str)
    """One of `ui.theme.CHOICES`."""
    text_size_chosen = Signal(int)
    """Percent."""

    def __init__(self, search_shortcut: str) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Top bar"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.search = SearchButton(self.tr("Find a command or a page"), search_shortcut)
        self.search.setMaximumWidth(round(420 * look().text_size))
        self.search.acted.connect(self.search_wanted)
        self.link = Pill()
        self.appearance = IconButton(self.tr("Appearance"), "sun-moon")
        self.appearance.setMenu(self._menu())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 0, 14, 0)
        layout.setSpacing(look().space("m"))
        layout.addWidget(self.search, 10)
        layout.addStretch(1)
        layout.addWidget(self.link)
        layout.addWidget(self.appearance)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_link(self, state: LinkState) -> None:
        """Say how well the service is heard."""
        self.link.set(state.words, state.tone, state.icon)
        self.link.setToolTip(tooltip(state.detail))
        self.link.setAccessibleDescription(state.detail)

    def show_appearance(self, choice: str, percent: int) -> None:
        """Tick what is in force."""
        for group, wanted in ((self._themes, choice), (self._sizes, percent)):
            for action in group.actions():
                action.setChecked(action.data() == wanted)
                picture = _PICTURES.get(action.data(), "")
                action.setIcon(icon("check", "accent") if action.isChecked() else icon(picture) if picture else QIcon())

    def sizeHint(self) -> QSize:
        """A fixed height that grows with the text."""
        return QSize(super().sizeHint().width(), look().px("topbar"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The search field takes its share; the state of the connection goes without its word where it must."""
        super().resizeEvent(event)
        self.link.set_brief(event.size().width() < WORDS_FROM * look().text_size)
        self.search.setMaximumWidth(round(420 * look().text_size))

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAccessibleName(self.tr("Appearance"))
        self._themes, self._sizes = QActionGroup(menu), QActionGroup(menu)
        for choice, title in (
            ("system", self.tr("Follow the system")),
            ("light", self.tr("Light")),
            ("dark", self.tr("Dark")),
            ("contrast", self.tr("High contrast")),
        ):
            self._themes.addAction(title).setData(choice)
        for percent in TEXT_SIZES:
            self._sizes.addAction(self.tr("Text %s %%") % percent).setData(percent)
        for group in (self._themes, self._sizes):
            for action in group.actions():
                action.setCheckable(True)
        menu.addActions(self._themes.actions())
        menu.addSeparator()
        menu.addActions(self._sizes.actions())
        self._themes.triggered.connect(lambda action: self.theme_chosen.emit(action.data()))
        self._sizes.triggered.connect(lambda action: self.text_size_chosen.emit(action.data()))
        return menu
