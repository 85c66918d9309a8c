"""Telling people things: banners, empty states, passing messages, and places that are still loading."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QMoveEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.theme import look
from ui.widgets.announcer import announce
from ui.widgets.buttons import Button, IconButton
from ui.widgets.card import Column
from ui.widgets.pill import StateMark
from ui.widgets.text import Text, appear, restyle
from ui.widgets.tone import DRESS, Tone

TOAST_MS = 8000
"""How long a passing message stays; longer while the pointer is on it. What matters also stands on the page."""
TOAST_WIDTH = 560
"""The most pixels that a passing message takes in width, at text size 1.0."""
TOAST_SHARE = 3
"""It takes at most this part of the window's height: a third."""


class Banner(QFrame):
    """A sentence that stays: what is going on here, and at most one thing to do about it. Announces what it says."""

    def __init__(self, sentence: str = "", tone: Tone = Tone.INFO, deed: Button | None = None) -> None:
        super().__init__()
        self.mark = StateMark(plain=True)
        self.words = Text(wrap=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 9, 12, 9)
        layout.setSpacing(look().space("m"))
        said = QHBoxLayout()
        said.setSpacing(look().space("m"))
        said.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.words, 1)
        middle = QVBoxLayout()  # beside a higher deed, mark and words keep together
        middle.addStretch(1)
        middle.addLayout(said)
        middle.addStretch(1)
        layout.addLayout(middle, 1)
        if deed is not None:
            layout.addWidget(deed, 0, Qt.AlignmentFlag.AlignVCenter)
        self.say(sentence, tone)

    def say(self, sentence: str, tone: Tone = Tone.INFO, icon: str = "", *, silent: bool = False) -> None:
        """Say something else; an empty sentence takes the banner away. *silent* where another one says it aloud."""
        news = bool(sentence) and sentence != self.words.text()
        self.words.setText(sentence)
        if not sentence:
            self.hide()
            return
        self.words.set_tone("ink" if tone in {Tone.NEUTRAL, Tone.INFO} else str(tone))
        self.mark.set("", tone, icon or DRESS[tone].icon)
        restyle(self, tone=str(tone))
        appear(self, shown=True)
        if news and not silent and self.window().isVisible():
            announce(self, sentence, at_once=tone is Tone.BAD)


class EmptyState(QWidget):
    """What stands where nothing is yet: what will be here, and how to get there."""

    def __init__(self, icon: str, title: str, lesson: str, deed: Button | None = None) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 28, 24, 28)
        layout.setSpacing(look().space("s"))
        layout.addLayout(_in_the_middle(StateMark(tone=Tone.INFO, icon=icon)))
        layout.addWidget(_centred(title, "title"))
        layout.addWidget(_centred(lesson, "small"))
        if deed is not None:
            layout.addSpacing(look().space("s"))
            layout.addLayout(_in_the_middle(deed))


def _in_the_middle(widget: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.addStretch(1)
    line.addWidget(widget)
    line.addStretch(1)
    return line


def _centred(words: str, role: str) -> Text:
    text = Text(words, role, wrap=True)
    text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    return text


class Bubble(QFrame):
    """What a passing message is drawn on."""


class Toast(QWidget):
    """A passing message for the foot of a layout. It is also announced, can be closed, and waits for whoever is at it.

    It takes no more than its share of the window's height; a longer one is scrolled.
    """

    def __init__(self) -> None:
        super().__init__()
        self.mark = StateMark(plain=True)
        self.words = Text(wrap=True)
        self.words.setMinimumWidth(120)
        self.room = Column(self.tr("Message"))
        self.room.body.setContentsMargins(0, 0, 0, 0)
        self.room.body.addWidget(self.words)
        close = IconButton(self.tr("Close message"), "x", small=True)
        close.acted.connect(self.hide)
        self.bubble = Bubble()
        layout = QHBoxLayout(self.bubble)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.setSpacing(look().space("m"))
        layout.addWidget(self.mark)
        layout.addWidget(self.room, 1)
        layout.addWidget(close)
        across = QHBoxLayout(self)
        across.setContentsMargins(16, 6, 16, 16)
        across.addStretch(1)
        across.addWidget(self.bubble, 1000)  # as wide as it may be
        across.addStretch(1)
        self._timer = QTimer(self, singleShot=True, interval=TOAST_MS)
        self._timer.timeout.connect(self._leave)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()

    def say(self, sentence: str, tone: Tone = Tone.INFO) -> None:
        """Show and announce *sentence*."""
        self.bubble.setMaximumWidth(round(TOAST_WIDTH * look().text_size))
        self.words.setText(sentence)
        self.mark.set("", tone, DRESS[tone].icon)
        self.show()
        self._fit()
        self._timer.start()
        announce(self, sentence, at_once=tone is Tone.BAD)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words wrap anew."""
        super().resizeEvent(event)
        self._fit()

    def moveEvent(self, event: QMoveEvent) -> None:
        """The window is higher or lower."""
        super().moveEvent(event)
        self._fit()

    def _fit(self) -> None:
        for layout in (self.layout(), self.bubble.layout()):
            if layout is not None:
                layout.activate()
        around = self.sizeHint().height() - self.room.height()
        share = self.window().height() // TOAST_SHARE - around
        lines = 2 * self.words.fontMetrics().lineSpacing()
        self.room.setFixedHeight(min(self.words.heightForWidth(self.room.viewport().width()), max(share, lines)))

    def _leave(self) -> None:
        now = QApplication.focusWidget()
        if self.underMouse() or (now is not None and self.isAncestorOf(now)):
            self._timer.start()
        else:
            self.hide()
