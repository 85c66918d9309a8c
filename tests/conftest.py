"""What holds for every test: no screen, no network, nobody's own settings, and no warning unnoticed."""

import os
import shutil
import tempfile
import time
from pathlib import Path

import hypothesis
import pytest

pytest_plugins = ["pytester", "tests.support.unexpected_logs"]

LOOPBACK = ["127.0.0.1"]
"""The one place a test marked `loopback` may connect to."""

_home = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Set the stage before Qt or any of our own modules is imported."""
    config.stash[_home] = home = Path(tempfile.mkdtemp(prefix="rightful-tests-"))
    for name in [name for name in os.environ if name.startswith(("RIGHTFUL_", "QT_"))]:
        del os.environ[name]
    os.environ |= {
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "TZ": "UTC",
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
    }
    if hasattr(time, "tzset"):  # Windows has none
        time.tzset()


LONGEST = {"test_thousand_cases.py", "test_crashes.py", "test_races.py"}
"""Files that take minutes each."""


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    shutil.rmtree(config.stash[_home], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give a test marked `loopback` the loopback address; everybody else has no sockets at all.

    What takes minutes comes first, the longest before all: a few processes share the files, in this order, and none
    should wait at the end.
    """
    for item in items:
        if item.get_closest_marker("loopback"):
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))
    items.sort(key=lambda item: ("system" not in item.path.parts, item.path.name not in LONGEST))


hypothesis.settings.register_profile("default", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "default")
