"""Rows of a card: a mark, a title, a second line, and what can be done at the end of it."""

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.theme import look
from ui.widgets.buttons import Button
from ui.widgets.flow import FlowRow
from ui.widgets.key_hint import KeyHint
from ui.widgets.pill import StateMark
from ui.widgets.text import Text, appear
from ui.widgets.tone import Tone

WORDS_WIDTH = 150
"""Pixels, at text size 1.0, that title and second line need beside the deeds, which stand under them otherwise."""


class Row(QWidget):
    """A mark, a title, a second line; `deeds` at the end, or below where it is narrow; `more` under it all.

    With *line_below* the second line has the whole width, under title and deeds.
    """

    def __init__(
        self, title: str = "", line: str = "", mark: StateMark | None = None, *, line_below: bool = False
    ) -> None:
        super().__init__()
        self.mark = mark or StateMark()
        self.title = Text(title, "strong", wrap=True)
        self.line = Text(line, "small", wrap=True)
        appear(self.line, bool(line))
        self.deeds = FlowRow("s")
        self.more = QVBoxLayout()
        self.more.setSpacing(look().space("s"))
        self._across = self._lay_out(line_below)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def set_words(self, title: str, line: str, tone: str = "") -> None:
        """Say something else."""
        self.title.setText(title)
        self.line.show_text(line)
        self.line.set_tone(tone)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Deeds go under the words where there is no room beside them."""
        super().resizeEvent(event)
        self._share_room()

    def event(self, event: QEvent) -> bool:
        """Other deeds may take more room."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._share_room()
        return super().event(event)

    def minimumSizeHint(self) -> QSize:
        """Narrow: the deeds can always go under the words."""
        return QSize(min(190, super().minimumSizeHint().width()), super().minimumSizeHint().height())

    def _share_room(self) -> None:
        taken = self.mark.sizeHint().width() + look().space("m") * 2 + self.deeds.sizeHint().width()
        narrow = self.width() - taken < WORDS_WIDTH * look().text_size
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._across.direction() != way:
            self._across.setDirection(way)
            policy = self.deeds.sizePolicy()
            policy.setHorizontalPolicy(QSizePolicy.Policy.Preferred if narrow else QSizePolicy.Policy.Fixed)
            self.deeds.setSizePolicy(policy)

    def _lay_out(self, line_below: bool) -> QBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self.title)
        if not line_below:
            words.addWidget(self.line)
        across = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        across.setSpacing(look().space("m"))
        across.addLayout(words, 1)
        across.addWidget(self.deeds)
        below = QVBoxLayout()
        below.setSpacing(look().space("s"))
        below.addLayout(across)
        if line_below:
            below.addWidget(self.line)
            below.setSpacing(look().space("xs"))
        below.addLayout(self.more)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 6, 0, 6)
        whole.setSpacing(look().space("m"))
        beside_title = QVBoxLayout()
        beside_title.addSpacing((look().px("control") - look().px("icon_rail")) // 2 if line_below else 0)
        beside_title.addWidget(self.mark)
        beside_title.addStretch(1)
        whole.addLayout(beside_title)
        whole.addLayout(below, 1)
        return across


class MethodRow(Row):
    """A way to prove something, and how far it is: the mark carries the state, its words stand in the second line."""

    def __init__(self, title: str = "", line: str = "") -> None:
        super().__init__(title, line)

    def show_state(self, words: str, tone: Tone, icon: str) -> None:
        """Show how far it is. *words* must also be part of the row's text: a mark alone says too little."""
        self.mark.set(words, tone, icon)


class ActionRow(Row):
    """Something that can be done. When it cannot be done yet, the second line says why, and the button repeats it."""

    chosen = Signal()
    refused = Signal(str)

    def __init__(self, icon: str, button: Button, shortcut: str = "") -> None:
        super().__init__(mark=StateMark(icon=icon, plain=True), line_below=True)
        self.button = button
        self.key_hint = KeyHint(shortcut)
        self.deeds.add(self.key_hint, button)
        button.acted.connect(self.chosen)
        button.refused.connect(self.refused)

    def show_action(self, title: str, line: str, why_not: str, *, said_above: bool = False) -> None:
        """Name the action; *why_not* rests the button and takes the place of the second line.

        When the same reason was *said_above*, once for all rows, the second line stays.
        """
        self.set_words(title, line if said_above else why_not or line)
        self.button.setAccessibleName(f"{self.button.text().strip()}: {title}")
        self.button.rest(why_not)
