"""Telling a screen reader what everybody else can see."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget


class Announcements(QObject):
    """What was announced in this application, as it happens."""

    made = Signal(str)


announcements = Announcements()
"""The one there is: screen readers hear the same."""


def announce(widget: QWidget, sentence: str, *, at_once: bool = False) -> None:
    """Have a screen reader say *sentence* without moving the focus (WCAG 2.2 4.1.3, X-13)."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent  # start-up time

    event = QAccessibleAnnouncementEvent(widget, sentence)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if at_once else politeness.Polite)
    QAccessible.updateAccessibility(event)
    announcements.made.emit(sentence)
