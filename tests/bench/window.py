"""One start of a desktop, measured from inside: `python -m tests.bench.window empty|sign_in|caller`.

Prints when it was there for its agent (a reading of the monotonic clock, which is the same in every process of a
machine) and how much memory it then takes. Puts the desktop together as `ui.__main__` and `ui.running.run_desktop` do.
"""

import json
import os
import resource
import sys
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.state.desk_state import DeskState

SIZE = (1200, 800)


def report(at: float | None = None, resumed: float | None = None) -> None:
    """Say when the page was there, and end at once: taking everything down again is not measured."""
    sys.stdout.write(json.dumps({"at": at or monotonic(), "resumed": resumed, "bytes": memory()}) + "\n")
    sys.stdout.flush()
    os._exit(0)


def memory() -> int:
    """Bytes of this process in memory now; the most there ever were, where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return pages * resource.getpagesize()


def show_empty() -> None:
    """The floor: a window with nothing in it."""
    from PySide6.QtWidgets import QApplication, QMainWindow  # start-up time: what is measured imports for itself

    from tests.bench.first_paint import FirstPaint  # start-up time

    app = QApplication(sys.argv[:1])
    window = QMainWindow()
    window.resize(*SIZE)
    FirstPaint(window, report)
    window.show()
    app.exec()


def show_desktop(page: str) -> None:
    """The desktop until its sign-in page is painted; or its caller page, and then the session of an earlier run."""
    from ui import early  # start-up time: what is measured imports for itself

    early.prepare()
    from console.settings import load  # start-up time
    from tests.bench.first_paint import FirstPaint  # start-up time
    from ui.bridge import GuiGc  # start-up time
    from ui.desktop import Desktop  # start-up time
    from ui.running import application  # start-up time

    settings = load()
    app, theme = application(settings)
    garbage = GuiGc(app)
    desktop = Desktop(theme, settings)
    desktop.window.resize(*SIZE)

    times: dict[str, float] = {}

    def look(state: "DeskState") -> None:
        if is_ready(state):
            times.setdefault("resumed", monotonic())
        if "resumed" in times and is_settled(state):
            report(times["at"], times["resumed"])

    if page == "caller":
        from ui.pages.caller.page import CallerPage  # start-up time

        caller = desktop.window.page("caller")
        assert isinstance(caller, CallerPage), "there was no earlier run to go on with"
        assert caller.start.opening.reference.isEnabledTo(desktop.window)
        FirstPaint(caller, lambda: times.update(at=monotonic()))
        desktop.shown.connect(look)
    else:
        FirstPaint(desktop.window.sign_in, report)
    desktop.start()
    app.exec()
    garbage.stop()


def is_ready(state: "DeskState") -> bool:
    """Whether the agent can work: signed in, in touch with the service, and nothing being fetched."""
    return state.phase == "signed_in" and state.connection == "online" and not state.busy


def is_settled(state: "DeskState") -> bool:
    """Whether everything is there that a start brings: the local store is open, and the log was looked at."""
    return state.witness.standing != "unknown"


if __name__ == "__main__":
    show_empty() if sys.argv[1] == "empty" else show_desktop(sys.argv[1])
