"""Surfaces: a card with a title, a hairline, a scrolling column."""

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QGroupBox, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ui.theme import look
from ui.widgets.fields import Field
from ui.widgets.pill import StateMark
from ui.widgets.text import Text
from ui.widgets.tone import Tone


class Card(QGroupBox):
    """A titled group of things on a surface. Assistive technology hears it as a group of that name.

    Put content into `body`, and what belongs to the title's line into `head`.
    """

    def __init__(self, title: str = "", icon: str = "", *, name: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name or title)
        self.body = QVBoxLayout(self)
        now = look()
        self.body.setContentsMargins(now.space("card_x"), now.space("card_y"), now.space("card_x"), now.space("card_y"))
        self.body.setSpacing(now.space("m"))
        self.head = QHBoxLayout()
        self.head.setSpacing(now.space("s"))
        if icon:
            self.head.addWidget(StateMark(tone=Tone.INFO, icon=icon, plain=True))
        self.heading = Text(title, "title", wrap=True)
        if title:
            self.head.addWidget(self.heading, 1)
            self.body.addLayout(self.head)


class Rule(QFrame):
    """A hairline."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)


class _Inside(QWidget):
    """What a column scrolls: as high as its words are at their width, not at the width that they would like best."""

    def minimumSizeHint(self) -> QSize:
        """Where words wrap, the height follows from the width alone."""
        least = super().minimumSizeHint()
        return QSize(least.width(), 0) if self.hasHeightForWidth() else least


class Column(QScrollArea):
    """A column of cards that scrolls by itself when there is not enough room, and never sideways.

    While it overflows it can be reached by Tab, so that the arrow keys scroll it. What gets the focus in it, by any
    means, is brought to sight (WCAG 2.2, 2.4.11).
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setViewport(
            QWidget()
        )  # one that Qt makes costs 20 ms when Python first meets it: it could be of any class
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = _Inside()
        inside.setObjectName("scrolled")
        self.body = QVBoxLayout(inside)
        self.body.setContentsMargins(0, 0, 4, look().space("gap"))
        self.body.setSpacing(look().space("gap"))
        self.setWidget(inside)
        self._holds = self._settling = False
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._become_reachable)
        bar.rangeChanged.connect(self._hold_on)
        bar.valueChanged.connect(self._look)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow)

    def bring_focus_to_sight(self) -> None:
        """Scroll to what has the focus, with its label, if that is in this column."""
        now = QApplication.focusWidget()
        above = None if now is None else now.parentWidget()
        if isinstance(above, Field) and self.isAncestorOf(above) and above.height() < self.viewport().height():
            self.bring_to_sight(above)
        self._keep_in_sight()

    def bring_to_sight(self, widget: QWidget) -> None:
        """Scroll no further than it takes to see all of *widget*, which is in this column; or its head, if it is high.

        `ensureWidgetVisible` is content with the cursor of a field.
        """
        inside = self.widget()
        if inside is None or not inside.isAncestorOf(widget):
            return  # a scroll bar has the focus, or what is shown was changed
        bar, room = self.verticalScrollBar(), self.viewport().height()
        top = widget.mapTo(inside, QPoint()).y()
        lowest, highest = top + widget.height() + look().space("m") - room, top - look().space("m")
        bar.setValue(min(max(bar.value(), lowest), highest))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Less room is no reason for the focus to go out of sight."""
        super().resizeEvent(event)
        self._hold_on()

    def _become_reachable(self, _low: int, high: int) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if high > 0 else Qt.FocusPolicy.NoFocus)

    def _hold_on(self) -> None:
        """What had the focus in sight before there was more here, or less room for it, stays in sight."""
        if self._holds and not self._settling:
            self._settling = True
            QTimer.singleShot(0, self, self._keep_in_sight)  # when everything has its place

    def _keep_in_sight(self) -> None:
        self._settling = False
        now = QApplication.focusWidget()
        self._holds = now is not None and self.isAncestorOf(now)
        if now is not None and self._holds:
            self.bring_to_sight(now)

    def _look(self) -> None:
        """Somebody scrolled: what has the focus is out of sight if they want it so."""
        now = QApplication.focusWidget()
        if not self._settling:
            self._holds = now is not None and self.isAncestorOf(now) and not now.visibleRegion().isEmpty()

    @Slot(QWidget, QWidget)
    def _follow(self, _old: QWidget | None, now: QWidget | None) -> None:
        self._holds = False
        if now is not None and self.isAncestorOf(now):
            QTimer.singleShot(0, self, self.bring_focus_to_sight)  # when what is new has its place
