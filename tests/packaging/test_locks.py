"""What is asked for is what is imported, and the lock files: complete, exact, hashed, and bound to no package index."""

import ast
import importlib.metadata
import re
import sys
import tomllib
from typing import Any

import pytest

from tests.architecture.source import PACKAGES, ROOT, modules, report

PIN = re.compile(
    r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?: ; (?P<marker>.+?))?(?P<hashes>(?: --hash=sha256:[0-9a-f]{64})+)$"
)
"""One entry of a lock, its lines joined."""

LOCKS = ("requirements.lock", "requirements-dev.lock")


def entries(lock: str) -> list[str]:
    text = (ROOT / lock).read_text("utf-8")
    return re.sub(r"\s*\\\n\s+", " ", text).splitlines()


def pins(lock: str) -> dict[tuple[str, str], str]:
    """(name, marker) -> version; a line that is not a hashed pin fails."""
    found = {}
    for entry in entries(lock):
        pin = PIN.match(entry)
        assert pin, f"{lock}: not an exact pin with hashes: {entry[:80]}"
        found[pin["name"], pin["marker"] or ""] = pin["version"]
    return found


def asked_for(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=;\[ ]", requirement)[0].lower() for requirement in requirements}


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    settings: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return settings


@pytest.mark.parametrize("lock", LOCKS)
def test_every_entry_is_exact_and_hashed(lock: str) -> None:
    assert pins(lock)


def test_locks_hold_what_the_project_asks_for(project: dict[str, Any]) -> None:
    runtime, everything = ({name for name, _ in pins(lock)} for lock in LOCKS)
    built_with = asked_for(project["optional-dependencies"]["build"])
    assert asked_for(project["dependencies"]) | built_with <= runtime
    assert asked_for(project["optional-dependencies"]["dev"]) <= everything


def imported(*folders: str) -> set[str]:
    """The distributions that the modules below *folders* import by name."""
    origins = importlib.metadata.packages_distributions()
    nodes = [node for module in modules(*folders) for node in ast.walk(module.tree)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    outside = {name.partition(".")[0] for name in names} - {*sys.stdlib_module_names, *PACKAGES, "tests"}
    return {re.sub("[-_.]+", "-", origin).lower() for name in outside for origin in origins.get(name, [name])}


def test_what_is_imported_is_asked_for(project: dict[str, Any]) -> None:
    runtime, dev = asked_for(project["dependencies"]), asked_for(project["optional-dependencies"]["dev"])
    report(sorted(imported(*PACKAGES) - runtime), "Imported by what ships, and not among the dependencies:")
    report(sorted(imported("tests") - runtime - dev), "Imported by tests, and not asked for:")


def test_the_two_locks_agree() -> None:
    runtime, everything = (pins(lock) for lock in LOCKS)
    assert runtime.items() <= everything.items()


def test_python_3_11_gets_a_qt_that_does_not_die_of_it() -> None:
    versions = {marker: version for (name, marker), version in pins(LOCKS[0]).items() if name == "pyside6-essentials"}
    assert versions["python_full_version < '3.12'"].startswith("6.11.")
