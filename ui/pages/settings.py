"""What an agent may choose for themselves, and what was chosen for them."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from console.state.desk_state import DeskState
from console.wording import Wording
from ui.theme import CHOICES, TEXT_SIZES, look
from ui.widgets.buttons import QuietButton
from ui.widgets.card import Card, Column
from ui.widgets.flow import FlowRow
from ui.widgets.lists import Point, PointList
from ui.widgets.text import Text
from ui.widgets.tone import Tone
from ui.words import say


class SettingsPage(QWidget):
    """Renders the appearance in force, and says what was chosen."""

    look_chosen = Signal(str, int)
    """One of `ui.theme.CHOICES`, and a text size in percent."""
    help_wanted = Signal()

    def __init__(self, wording: Wording, server: str) -> None:
        super().__init__()
        self.setAccessibleName(say("Settings"))
        self._wording = wording
        titles = (say("Follow the system"), say("Light"), say("Dark"), say("High contrast"))
        self.themes = Choice(dict(zip(CHOICES, titles, strict=True)), say("Theme"))
        self.sizes = Choice({str(size): f"{size} %" for size in TEXT_SIZES}, say("Text size"))
        self.facts = PointList(say("This desktop"))
        self._server = server
        for choice in (self.themes, self.sizes):
            choice.chosen.connect(self._choose)
        keys = QuietButton(say("Keyboard shortcuts"), "keyboard")
        keys.acted.connect(self.help_wanted)
        self._lay_out(keys)

    def show_look(self, choice: str, percent: int) -> None:
        """Show what is in force."""
        self.themes.show_value(choice)
        self.sizes.show_value(str(percent))

    def render_state(self, desk: DeskState) -> None:
        """Show what is not chosen here."""
        home = self._wording.word(desk.token_home) if desk.token_home else ""
        kept = () if not home else (Point(home, "", Tone.NEUTRAL, "lock"),)
        self.facts.show_points((Point(say("Service"), self._server, Tone.NEUTRAL, "server"), *kept))

    def _choose(self) -> None:
        self.look_chosen.emit(self.themes.value(), int(self.sizes.value() or 100))

    def _lay_out(self, keys: QuietButton) -> None:
        appearance, desktop = Card(say("Appearance"), "sun-moon"), Card(say("This desktop"), "monitor")
        for widget in (Text(say("Theme"), "caption"), self.themes, Text(say("Text size"), "caption"), self.sizes):
            appearance.body.addWidget(widget)
        deeds = FlowRow("s")
        deeds.add(keys)
        for part in (self.facts, deeds):
            desktop.body.addWidget(part)
        column = Column(say("Settings"))
        for card in (appearance, desktop):
            card.setMaximumWidth(round(760 * look().text_size))
            column.body.addWidget(card)
        column.body.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 14, 0)
        layout.addWidget(column)


class Choice(QWidget):
    """One of a few, as radio buttons."""

    chosen = Signal()

    def __init__(self, titles: dict[str, str], name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QRadioButton] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look().space("s"))  # for the focus ring, which stands round its row
        for value, title in titles.items():
            button = self._buttons[value] = QRadioButton(title)
            self._group.addButton(button)
            layout.addWidget(button)
        self._group.buttonClicked.connect(lambda _button: self.chosen.emit())

    def button(self, value: str) -> QRadioButton:
        """The button of a value."""
        return self._buttons[value]

    def value(self) -> str:
        """What is chosen; empty when nothing is."""
        return next((value for value, button in self._buttons.items() if button.isChecked()), "")

    def show_value(self, value: str) -> None:
        """Mark what is in force; nothing, when it is none of these."""
        if value in self._buttons:
            self._buttons[value].setChecked(True)
