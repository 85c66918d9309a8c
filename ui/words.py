"""The interface's own words, where they can be translated. What the service says is worded by `console.wording`."""

from PySide6.QtCore import QCoreApplication


def say(text: str, *values: object) -> str:
    """*text* in the language of the interface, with `%s` replaced in order."""
    translated = QCoreApplication.translate("ui", text)
    return translated % values if values else translated


def too_long(text: str, most: int) -> str:
    """What is wrong with *text* if it has more than *most* characters; empty when nothing is."""
    over = len(text.strip()) - most
    return say("Too long by %s characters.", over) if over > 0 else ""
