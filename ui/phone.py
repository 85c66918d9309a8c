"""The demo's phone: the window that is the customers' telephone and mailbox. Messages arrive; links open."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from console.demo import Demo, PhoneMessage
from ui.cast import callers_of, staff_of
from ui.icons import icon
from ui.theme import look
from ui.widgets.buttons import QuietButton
from ui.widgets.card import Card, Column
from ui.widgets.flow import FlowRow
from ui.widgets.notices import EmptyState
from ui.widgets.text import Text, appear, restyle
from ui.words import say

WIDTH, HEIGHT = 400, 780
"""Pixels: about as tall a phone."""
MESSAGES, STAFF = 0, 1
"""Parts of the window. Staff come first: whoever starts the demo signs in; then messages, whenever one arrives."""
MOST = 40
"""Messages shown; older ones are scrolled away for good."""


class PhoneWindow(QWidget):
    """Renders messages, newest first; says `link_opened` and never opens anything itself."""

    link_opened = Signal(str)
    closing = Signal()

    def __init__(self, demo: Demo) -> None:
        super().__init__()
        self.setWindowTitle(say("The customers’ phone and mailbox – Rightful demo"))
        self.setAccessibleName(say("The customers’ phone and mailbox"))
        self.setWindowIcon(icon("smartphone", "accent"))
        self.setObjectName("canvas")
        self.column = Column(say("Messages"))
        lesson = say("Start a check or an action at the desk: what the customer gets arrives here.")
        self._empty = EmptyState("smartphone", say("No messages yet"), lesson)
        self._cards: list[Card] = []
        self._parts = QStackedWidget()
        self._tabs: list[QuietButton] = []
        self._lay_out(demo)

    def show_new(self, messages: Iterable[PhoneMessage]) -> None:
        """Put new messages on top, in sight."""
        for message in messages:
            self._show_part(MESSAGES)
            card = self._card(message)
            self._cards.insert(0, card)
            self.column.body.insertWidget(0, card)
        for old in self._cards[MOST:]:
            old.deleteLater()
        del self._cards[MOST:]
        appear(self._empty, not self._cards)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say so first."""
        self.closing.emit()
        super().closeEvent(event)

    def _lay_out(self, demo: Demo) -> None:
        title = Text(say("Phone and mailbox"), "head")
        who = Text(say("Of every customer in the demo. Nothing here leaves this computer."), "small", "ink2", wrap=True)
        self.column.body.addWidget(self._empty)
        self.column.body.addStretch(1)
        now = look()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(now.space("page_x"), now.space("page_y"), now.space("page_x") - 6, 0)
        layout.setSpacing(now.space("m"))
        layout.addWidget(title)
        layout.addWidget(who)
        layout.addWidget(self._tab_bar(demo))
        layout.addWidget(self._parts, 1)
        self.resize(round(WIDTH * now.text_size), HEIGHT)

    def _tab_bar(self, demo: Demo) -> FlowRow:
        bar = FlowRow("s")
        parts = ((say("Messages"), self.column), (say("Staff"), staff_of(demo)), (say("Callers"), callers_of(demo)))
        for at, (name, part) in enumerate(parts):
            tab = QuietButton(name, small=True)
            tab.acted.connect(partial(self._show_part, at))
            self._tabs.append(tab)
            self._parts.addWidget(part)
            bar.add(tab)
        self._show_part(STAFF)
        return bar

    def _show_part(self, wanted: int) -> None:
        self._parts.setCurrentIndex(wanted)
        for at, tab in enumerate(self._tabs):
            restyle(tab, chosen=at == wanted)
            tab.setAccessibleDescription(say("Shown") if at == wanted else "")

    def _card(self, message: PhoneMessage) -> Card:
        by_mail = message.channel == "email"
        name = message.subject if by_mail and message.subject else say("Text message")
        card = Card(name, "mail" if by_mail else "message-square-text")
        to = Text(say("To %s, %s", message.to, message.sent_at[11:16]), "small", "ink2", wrap=True)
        body = Text(message.body, wrap=True)
        body.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        card.body.addWidget(to)
        card.body.addWidget(body)
        links = QHBoxLayout()
        for number, link in enumerate(message.links, start=1):
            label = say("Open the link") if len(message.links) == 1 else say("Open link %s", number)
            button = QuietButton(label, "external-link", small=True)
            button.clicked.connect(lambda _checked=False, address=link: self.link_opened.emit(address))
            links.addWidget(button)
        links.addStretch(1)
        if message.links:
            card.body.addLayout(links)
        return card
