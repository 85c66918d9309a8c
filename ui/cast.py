"""The demo's people: what its staff sign in with, and what its callers know, ready to be copied."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.demo import Demo, DemoCustomer, DemoStaff
from ui.theme import look
from ui.widgets.announcer import announce
from ui.widgets.buttons import IconButton
from ui.widgets.card import Card, Column
from ui.widgets.text import ElidedLabel, Text
from ui.words import say

RENEW_MS = 1000
"""How often a code that changes by itself is looked at."""


class Known(QWidget):
    """One thing that somebody knows, and a button that copies it."""

    def __init__(self, name: str, value: Callable[[], str]) -> None:
        super().__init__()
        self._name, self._value = name, value
        self.words = ElidedLabel(value(), "mono")
        copy = IconButton(say("Copy: %s", name), "copy", small=True)
        copy.acted.connect(self._copy)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Text(name, "caption", "ink2"))
        words.addWidget(self.words)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addLayout(words, 1)
        line.addWidget(copy)

    def renew(self) -> None:
        """Show what it is now."""
        if self.words.text() != self._value():
            self.words.setText(self._value())

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._value())
        announce(self, say("Copied: %s", self._name))


class Cast(Column):
    """Cards of people, with what each of them knows."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._changing: list[Known] = []
        self._timer = QTimer(self, interval=RENEW_MS)
        self._timer.timeout.connect(self._renew)
        self._timer.start()

    def add(self, card: Card, known: list[Known], code: Known | None) -> None:
        """One more person; *code* is what changes by itself."""
        for one in known:
            card.body.addWidget(one)
        if code is not None:
            card.body.addWidget(code)
            self._changing.append(code)
        self.body.addWidget(card)

    def _renew(self) -> None:
        if self.isVisible():
            for one in self._changing:
                one.renew()


def staff_of(demo: Demo) -> Cast:
    """Who can sign in, and with what."""
    cast = Cast(say("Who can sign in"))
    for one in demo.staff:
        cast.add(_card(one.name, one.role.replace("_", " ").capitalize(), "badge-check"), *_of_staff(one))
    cast.body.addStretch(1)
    return cast


def callers_of(demo: Demo) -> Cast:
    """Who may call, why, and what they can say and show."""
    cast = Cast(say("Who may call"))
    for one in demo.customers:
        cast.add(_card(one.name, one.story, "user-round"), *_of_caller(one))
    cast.body.addStretch(1)
    return cast


def _card(name: str, words: str, icon: str) -> Card:
    card = Card(name, icon)
    card.body.setSpacing(look().space("s"))
    card.body.addWidget(Text(words, "small", wrap=True))
    return card


def _of_staff(one: DemoStaff) -> tuple[list[Known], Known]:
    known = [Known(say("Login"), lambda: one.login), Known(say("Password"), lambda: one.password)]
    return known, Known(say("Six-digit code"), one.code)


def _of_caller(one: DemoCustomer) -> tuple[list[Known], Known | None]:
    said = {say("E-mail"): one.email, say("Phone"): one.phone, say("Customer number"): one.customer_number}
    said[say("Recovery code")] = next(iter(one.recovery_codes), "")
    known = [Known(name, lambda value=value: value) for name, value in said.items() if value]  # type: ignore[misc]  # mypy cannot infer the type of a lambda with a default
    return known, Known(say("Code in their authenticator app"), one.code) if one.totp_secret else None
