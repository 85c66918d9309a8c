"""What has to happen before anything else is imported, for the first paint to be early."""

import builtins
import gc


def prepare() -> None:
    """Call it before Qt is imported: the first import of PySide6 is made here, and what it does to `import` is undone.

    PySide6 replaces Python's `import`, and reads the source of every module that is imported after it for a switch of
    its own (`from __feature__ import …`), which nothing here uses. With what the desktop imports that is a tenth of a
    second, and 26 MB, because Python keeps the sources it was asked for.
    """
    gc.disable()  # `ui.bridge.GuiGc` collects, from the first paint on
    plain = builtins.__import__
    import PySide6.QtCore  # noqa: F401 - for what it does to `import`. start-up time: not for `--help`

    builtins.__import__ = plain
