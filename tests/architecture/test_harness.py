"""The promises of the test run itself: each guard is given something to bite, and bites."""

import re

import pytest

from tests.architecture.source import ROOT

TESTS_OF_THE_GUARDS = """
import logging, os, socket, threading, warnings
import pytest

def test_network_is_off():
    socket.socket().close()

@pytest.mark.loopback
def test_loopback_reaches_nobody_else():
    with pytest.raises(OSError):  # what the network itself would say
        socket.create_connection(("192.0.2.1", 9), timeout=0.1)

def test_warnings_are_errors():
    warnings.warn("old")

def test_threads_are_watched():
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()

def test_qt_is_watched(qtbot):
    from PySide6.QtCore import qWarning
    qWarning("bad")

def test_logs_are_watched():
    logging.getLogger("somewhere").warning("unforeseen")

def test_silent_loggers_are_watched():
    logger = logging.getLogger("aside")
    logger.propagate = False
    logger.addHandler(logging.NullHandler())
    logger.error("unforeseen")

@pytest.mark.logs_warning("never said")
def test_announced_logs_must_come():
    pass

@pytest.mark.logs_warning("foreseen")
def test_announced_logs_may_come():
    logging.getLogger("somewhere").warning("as foreseen")

@pytest.mark.loopback
def test_loopback_is_allowed():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()

def test_there_is_no_screen_and_no_home():
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
    assert "rightful-tests-" in os.environ["XDG_DATA_HOME"]
"""

BITTEN = {
    "test_network_is_off",
    "test_loopback_reaches_nobody_else",
    "test_warnings_are_errors",
    "test_threads_are_watched",
    "test_qt_is_watched",
    "test_logs_are_watched",
    "test_silent_loggers_are_watched",
    "test_announced_logs_must_come",
}
"""The tests above that must fail; the others must pass."""


def test_every_guard_bites(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyprojecttoml((ROOT / "pyproject.toml").read_text("utf-8"))
    pytester.makeconftest((ROOT / "tests/conftest.py").read_text("utf-8"))
    pytester.makepyfile(TESTS_OF_THE_GUARDS)
    run = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-rA", ".")
    said = run.stdout.str()
    bitten = set(re.findall(r"^(?:FAILED|ERROR) \S+::(\w+)", said, re.MULTILINE))
    assert bitten == BITTEN, said
    run.assert_outcomes(passed=6, failed=5, errors=3)
