"""A personal value: masked, until the server gave it out for a reason."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.theme import look
from ui.widgets.buttons import IconButton
from ui.widgets.text import ElidedLabel, Text, appear


class MaskedValue(QWidget):
    """A caption, a value, and a button that asks to see it. It never holds the clear value before it is shown."""

    reveal_requested = Signal()
    refused = Signal(str)

    def __init__(self, caption: str) -> None:
        super().__init__()
        self.caption = Text(caption, "caption")
        self.value = ElidedLabel()
        self._show = self.tr("Show %s") % caption.lower()
        self.button = IconButton(self._show, "eye", small=True)
        self.button.acted.connect(self.reveal_requested)
        self.button.refused.connect(self.refused)
        line = QHBoxLayout()
        line.setSpacing(look().space("xs"))
        line.addWidget(self.value)
        line.addWidget(self.button)
        line.addStretch(1)
        line.addStrut(look().px("control_small"))  # as high with the button as without
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addWidget(self.caption)
        layout.addLayout(line)

    def show_value(self, value: str, *, masked: bool, why_not: str = "") -> None:
        """Show a masked value with its button, resting if *why_not*; or a clear value without.

        The button is called by the masked value too: there may be another one with this caption.
        """
        self.value.setText(value)
        self.button.setAccessibleName(f"{self._show}, {value}" if masked and value else self._show)
        appear(self.button, masked)
        self.button.rest(why_not)
