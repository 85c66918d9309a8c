"""The interface's own words, where they can be translated. What the service says is worded by `console.wording`."""

from PySide6.QtCore import QCoreApplication


def say(text: str, *values: object) -> str:
    """*text* in the language of the interface, with `%s` replaced in order."""
    translated = QCoreApplication.translate("ui", text)
    return translated % values if values else translated
