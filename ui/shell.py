"""The frame of the application once somebody is signed in: rail, top bar, and the pages."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from ui.commands import Commands
from ui.icons import icon
from ui.rail import Rail, RailButton
from ui.shell_state import PageTitle, ShellState
from ui.theme import look
from ui.top_bar import TopBar
from ui.widgets.buttons import QuietButton
from ui.widgets.card import Column
from ui.widgets.key_hint import native
from ui.widgets.notices import Banner
from ui.widgets.text import appear, tooltip
from ui.widgets.tone import Tone

__all__ = ["PageTitle", "Shell", "ShellState"]

RAIL_FROM = 460
"""Width in pixels, at text size 1.0, from which there is room for the rail."""


@runtime_checkable
class Enterable(Protocol):
    """A page that knows where typing begins."""

    def enter(self) -> None:
        """Move the focus there."""


class Shell(QWidget):
    """Renders a `ShellState`; makes each page when it is first wanted."""

    sign_out_requested = Signal()
    stay_requested = Signal()
    page_shown = Signal(str)

    def __init__(self, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.commands = commands
        self.rail = Rail()
        self.top = TopBar(commands.shortcut("palette"))
        self.alert = Banner()
        self.stay = QuietButton(self.tr("Stay signed in"), small=True)
        self.stay.setToolTip(tooltip(native(commands.shortcut("stay"))))
        self.ending = Banner(deed=self.stay)
        self.pages, self.floor = QStackedWidget(), QVBoxLayout()
        self._makers: dict[str, Callable[[], QWidget]] = {}
        self._made: dict[str, QWidget] = {}
        self.current = ""
        self._menu = QMenu(self)
        self._lay_out()
        self._fill_menu()
        self.rail.chosen.connect(self.show_page)
        self.stay.acted.connect(self.stay_requested)
        self.rail.identity.clicked.connect(self._open_menu)
        self.top.search_wanted.connect(lambda: commands.run("palette"))

    def render_state(self, state: ShellState) -> None:
        """Show *state*."""
        self.top.show_link(state.link)
        self.rail.identity.show_name(state.name)
        for action, words in ((self._who, state.name), (self._role, state.role), (self._token, state.token_home)):
            action.setText(words)
            action.setVisible(bool(words))
        self.alert.say(state.alert, state.alert_tone)
        self.ending.say(state.ending, Tone.WARN, "clock")
        appear(self.stay, state.can_stay)
        side = look().space("page_x")
        self._above.setContentsMargins(side, look().space("m") if state.alert or state.ending else 0, side, 0)

    def add_page(self, page: PageTitle, make: Callable[[], QWidget]) -> None:
        """Put a page on the rail. *make* is called when it is first shown."""
        self._makers[page.id] = make
        command = f"page.{page.id}"
        button = RailButton(page.id, page.title, page.icon, native(self.commands.shortcut(command)))
        self.rail.add(button, at_foot=page.at_foot)
        self.commands.connect_to(command, lambda: self.show_page(page.id))

    def show_page(self, name: str) -> None:
        """Go to a page.

        Raises:
            KeyError: There is no such page.
        """
        if name not in self._made:
            self._made[name] = self._makers[name]()
            self.pages.addWidget(self._made[name])
        self.pages.setCurrentWidget(self._made[name])
        self.rail.show_page(name)
        self.current = name
        self.page_shown.emit(name)

    def enter_page(self) -> None:
        """Move the focus into the page: to where it says that typing begins, or else to its first control."""
        page = self._made[self.current]
        if isinstance(page, Enterable):
            page.enter()
        else:
            focus_first(page)

    def page(self, name: str) -> QWidget | None:
        """A page that was made already."""
        return self._made.get(name)

    def next_pane(self) -> None:
        """Move the focus to the next of: pages, top bar, and the panes that the page says it has."""
        panes = [self.rail, self.top, *panes_of(self._made[self.current])]
        now = self.focusWidget()
        here = next((at for at, pane in enumerate(panes) if pane.isAncestorOf(now)), -1)
        for step in range(1, len(panes) + 1):
            if focus_first(panes[(here + step) % len(panes)]):
                return

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Without room for the rail, pages are reached by the search field."""
        super().resizeEvent(event)
        self.rail.setVisible(event.size().width() >= RAIL_FROM * look().text_size)

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.top)
        self._above = QVBoxLayout()
        self._above.setSpacing(look().space("s"))
        for banner in (self.ending, self.alert):
            self._above.addWidget(banner)
        right.addLayout(self._above)
        right.addWidget(self.pages, 1)
        self.pages.setMinimumHeight(1)  # what is said under them is seen whole, however little is left
        right.addLayout(self.floor)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.rail)
        across.addLayout(right, 1)

    def _fill_menu(self) -> None:
        self._menu.setAccessibleName(self.tr("Account"))
        self._who, self._role, self._token = (self._menu.addAction("") for _ in range(3))
        for action, picture in ((self._who, "user-round"), (self._role, "badge-check"), (self._token, "lock")):
            action.setIcon(icon(picture))
            action.setEnabled(False)
        self._menu.addSeparator()
        leave: QAction = self._menu.addAction(icon("log-out"), self.tr("Sign out"))
        leave.triggered.connect(self.sign_out_requested)

    def _open_menu(self) -> None:
        anchor = self.rail.identity
        corner = anchor.mapToGlobal(anchor.rect().topRight())
        self._menu.popup(QPoint(corner.x() + 8, corner.y() - self._menu.sizeHint().height() + anchor.height()))


def panes_of(page: QWidget) -> list[QWidget]:
    """The columns of a page that are visible, in order; the page itself when it has none."""
    return [column for column in page.findChildren(Column) if column.isVisible()] or [page]


def focus_first(pane: QWidget) -> bool:
    """Give the focus to the first control in *pane* that takes it. Whether there was one."""
    for widget in pane.findChildren(QWidget):
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return True
    return False
