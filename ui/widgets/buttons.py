"""Buttons. A button that cannot act now stays reachable and says why; it is never just dead."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ui.icons import icon
from ui.theme import look
from ui.widgets.text import Text, restyle, tooltip

_GAP = "\u2009\u2009"
"""Qt sets icon and label closer than reads well."""


class Button(QPushButton):
    """The base of all buttons: label, icon, and rest.

    A resting button keeps its place in the tab order, looks at rest, and answers a press with `refused` in place of
    `acted`: somebody who cannot see it greyed out can still reach it and hear why.
    """

    ICON_TOKEN = "ink2"
    acted = Signal()
    """Pressed while it may act. Connect this one, not `clicked`."""
    refused = Signal(str)
    """Pressed while at rest: why not, in words."""

    def __init__(self, label: str = "", icon_name: str = "", *, small: bool = False) -> None:
        super().__init__()
        self.why_not = ""
        self._label, self._icon_name = "", ""
        self.setProperty("small", small)
        self.setProperty("resting", False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.set_label(label, icon_name)
        self.clicked.connect(self._answer)

    def set_label(self, label: str, icon_name: str = "") -> None:
        """Show another label and icon. The label is the accessible name too."""
        self._label, self._icon_name = label, icon_name
        spoken = label.replace("&", "&&")
        self.setText(_GAP + spoken if icon_name and label else spoken)
        self.setAccessibleName(label)
        self._draw_icon()

    def rest(self, why_not: str) -> None:
        """Rest because of *why_not*, in words; an empty reason means act again."""
        self.why_not = why_not
        self.setAccessibleDescription(why_not)
        self.setToolTip(tooltip(why_not))
        restyle(self, resting=bool(why_not))
        self._draw_icon()

    def is_resting(self) -> bool:
        """Whether a press would be refused."""
        return bool(self.why_not)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses, as Space does."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Icons grow with the text."""
        side = look().px("icon")
        if self.iconSize().width() != side:
            self.setIconSize(QSize(side, side))
        return super().sizeHint()

    def _draw_icon(self) -> None:
        picture = icon(self._icon_name, "ink3" if self.why_not else self.ICON_TOKEN) if self._icon_name else QIcon()
        self.setIcon(picture)

    def _answer(self) -> None:
        if self.why_not:
            self.refused.emit(self.why_not)
        else:
            self.acted.emit()


class QuietButton(Button):
    """An ordinary button."""


class PrimaryButton(Button):
    """The next step. At most one on a page."""

    ICON_TOKEN = "on_accent"


class DangerButton(Button):
    """Takes something away."""

    ICON_TOKEN = "bad"


class IconButton(Button):
    """A button with only an icon; its name is spoken and shown as tooltip."""

    def __init__(self, name: str, icon_name: str, *, small: bool = False) -> None:
        super().__init__("", icon_name, small=small)
        self.rename(name, icon_name)

    def rename(self, name: str, icon_name: str) -> None:
        """Become another deed."""
        self._name = name
        self.set_label("", icon_name)
        self.setAccessibleName(name)
        self.setToolTip(tooltip(self.why_not or name))

    def rest(self, why_not: str) -> None:
        """Rest and say why; acting again, the tooltip is the name, which stands nowhere else."""
        super().rest(why_not)
        self.setToolTip(tooltip(why_not or self._name))


class ReasonedButton(QWidget):
    """A button with the reason why it rests beside it, or under it, in visible words."""

    acted = Signal()
    refused = Signal(str)

    def __init__(self, button: Button, *, under: bool = False) -> None:
        super().__init__()
        self.button = button
        self.reason = Text(role="small", wrap=True)
        self.reason.hide()
        layout = QVBoxLayout(self) if under else QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look().space("s"))
        layout.addWidget(button)
        layout.addWidget(self.reason, 1)
        button.acted.connect(self.acted)
        button.refused.connect(self.refused)
        self.setFocusProxy(button)

    def rest(self, why_not: str) -> None:
        """Rest with a reason, or act again when there is none."""
        self.button.rest(why_not)
        self.reason.show_text(why_not)
