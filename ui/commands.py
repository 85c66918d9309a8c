"""Every command, its shortcut and its title, in one place: the palette, the cheat sheet and the keys all read this."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget


class Command(NamedTuple):
    """Something an agent can do. *shortcut* is portable text (`Ctrl+K`), empty for none."""

    id: str
    title: str
    section: str
    icon: str
    shortcut: str = ""
    enabled: bool = True
    why_not: str = ""
    """In words, when it is not enabled."""
    also: str = ""
    """Other words for it that somebody may type."""


Offer = tuple[Command, Callable[[], object]]
"""A command, and what it does."""

GENERAL, PAGES, CALLER, CASE, LOOK = "General", "Pages", "Caller", "This case", "Appearance"

CATALOGUE = (
    Command("palette", "Find a command", GENERAL, "search", "Ctrl+K"),
    Command("help", "Keyboard shortcuts", GENERAL, "keyboard", "F1", also="help keys"),
    Command("next_pane", "Go to the next pane", GENERAL, "arrow-right", "F6"),
    Command("stay", "Stay signed in", GENERAL, "clock", "Ctrl+Shift+S", also="session extend"),
    Command("sign_out", "Sign out", GENERAL, "log-out", "Ctrl+Shift+Q", also="log out logout quit exit"),
    Command("page.caller", "Caller", PAGES, "headset", "Ctrl+1"),
    Command("page.audit", "Audit log", PAGES, "scroll-text", "Ctrl+2"),
    Command("page.settings", "Settings", PAGES, "settings", "Ctrl+,", also="options preferences"),
    Command("case.new", "Open a case", CALLER, "plus", "F2", also="new call ticket start"),
    Command("case.mine", "My cases", CALLER, "list-checks", also="leave back list"),
    Command("case.look_up", "Look an account up", CALLER, "user-round-search", "F3", also="find search customer"),
    Command("check.next", "Start the suggested check", CALLER, "shield-check", "F4"),
    Command("check.code", "Type the code that the caller reads out", CALLER, "keyboard", "F7"),
    Command("action.next", "Run the action you work towards", CALLER, "key-round", "F8"),
    Command("case.note", "Write a note", CALLER, "notebook-pen", "F9"),
    Command("case.close", "Close the case", CALLER, "circle-stop", "Ctrl+Shift+W", also="end finish"),
    Command("theme.system", "Follow the system's appearance", LOOK, "monitor"),
    Command("theme.light", "Light", LOOK, "sun"),
    Command("theme.dark", "Dark", LOOK, "moon", also="night"),
    Command("theme.contrast", "High contrast", LOOK, "contrast"),
    Command("text.larger", "Larger text", LOOK, "a-large-small", "Ctrl++", also="zoom in bigger font size"),
    Command("text.smaller", "Smaller text", LOOK, "a-large-small", "Ctrl+-", also="zoom out font size"),
)
"""Everything that is always there, in the order of the list. Shortcuts are unique and never one letter (X-02)."""

PAGE_OF = {CALLER: "page.caller", CASE: "page.caller"}
"""The command that shows the page on which the commands of a section do what they do: nobody works blind."""


class Commands(QObject):
    """The commands of one window: runs them by id or shortcut, and knows which can be run now and why others cannot."""

    began = Signal(str)
    """A command is about to be run, by its id."""
    ran = Signal(str)
    """A command was run, by its id."""
    refused = Signal(str)
    """A command that cannot be run now was asked for: why not, in words."""
    changed = Signal()

    def __init__(self, window: QWidget, catalogue: Iterable[Command] = CATALOGUE) -> None:
        super().__init__(window)
        self._all = {command.id: command for command in catalogue}
        self._deeds: dict[str, Callable[[], object]] = {}
        self._passing: dict[str, Offer] = {}
        for command in self._all.values():
            if command.shortcut:
                self._bind(window, command)

    def offers(self) -> tuple[Command, ...]:
        """Every command that something stands behind, as it is now: the catalogue's in its order, then passing ones."""
        lasting = (command for command in self._all.values() if command.id in self._deeds)
        return (*lasting, *(command for command, _deed in self._passing.values()))

    def offer(self, passing: Iterable[Offer]) -> None:
        """What can be done for the moment, by name alone: these take the place of those that were offered before."""
        before, self._passing = self._passing, {offer[0].id: offer for offer in passing}
        if [offer[0] for offer in before.values()] != [offer[0] for offer in self._passing.values()]:
            self.changed.emit()

    def shortcut(self, command_id: str) -> str:
        """The shortcut of a command, empty for none."""
        return self._all[command_id].shortcut

    def connect_to(self, command_id: str, deed: Callable[[], object]) -> None:
        """Say what a command does. *deed* takes nothing, and must not outlive this window.

        Raises:
            KeyError: The catalogue does not know the command.
        """
        if command_id not in self._all:
            raise KeyError(command_id)
        self._deeds[command_id] = deed
        self.changed.emit()

    def ids(self) -> frozenset[str]:
        """The commands that something stands behind."""
        return frozenset(self._deeds)

    def keep_only(self, ids: frozenset[str]) -> None:
        """Nothing stands behind any other command any more: what did is about to be gone."""
        self._deeds = {command_id: deed for command_id, deed in self._deeds.items() if command_id in ids}
        self._passing = {}
        self.changed.emit()

    def allow(self, command_id: str, why_not: str = "") -> None:
        """Say whether a command can be run now: *why_not* in words, or empty when it can."""
        old = self._all[command_id]
        new = self._all[command_id] = old._replace(enabled=not why_not, why_not=why_not)
        if new != old:
            self.changed.emit()

    def run(self, command_id: str) -> None:
        """Run a command if it can be run now, on the page that it belongs to; otherwise say why not."""
        lasting = self._all.get(command_id), self._deeds.get(command_id)
        command, deed = self._passing.get(command_id, lasting)
        if command is None or deed is None:
            return
        if not command.enabled:
            self.refused.emit(command.why_not)
            return
        self.began.emit(command_id)
        self._deeds.get(PAGE_OF.get(command.section, ""), _nothing)()
        deed()
        self.ran.emit(command_id)

    def _bind(self, window: QWidget, command: Command) -> None:
        action = QAction(command.title, self)
        action.setShortcut(QKeySequence(command.shortcut))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(lambda: self.run(command.id))
        window.addAction(action)


def _nothing() -> None:
    """What stands behind no command."""


def matching(commands: Iterable[Command], typed: str) -> tuple[Command, ...]:
    """The commands that *typed* may mean, best first; all of them, in their order, for nothing typed."""
    wanted = typed.casefold().split()
    scored = [
        (sum(_score(word, command) for word in wanted), command) for command in commands if _fits(wanted, command)
    ]
    return tuple(command for _, command in sorted(scored, key=lambda pair: pair[0]))


def _fits(wanted: list[str], command: Command) -> bool:
    return all(_score(word, command) < _NO_MATCH for word in wanted)


_NO_MATCH = 1_000_000


def _score(word: str, command: Command) -> int:
    """How far *word* is from a command: 0 to 20 to start a word, 100 inside one, 200 for letters in order, else far."""
    text = f"{command.title} {command.section}".casefold()
    if any(part.startswith(word) for part in text.split()):
        return 0 if command.title.casefold().startswith(word) else 10
    if any(part.startswith(word) for part in command.also.split()):
        return 20
    if word in text:
        return 100 + text.index(word)
    gaps = _spread(word, text)
    return _NO_MATCH if gaps is None or gaps > len(word) // 2 else 200 + gaps


def _spread(word: str, text: str) -> int | None:
    """How many letters of *text* lie between those of *word* in order; None if they are not all there."""
    start = at = text.find(word[0])
    for letter in word:
        at = text.find(letter, at)
        if at < 0:
            return None
        at += 1
    return at - start - len(word)
