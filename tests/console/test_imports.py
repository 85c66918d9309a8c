"""The desktop is there at once: what is slow to import is imported after the first paint, on the net thread."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SLOW = ["certifi", "cryptography", "httpx", "keyring", "pydantic", "secretstorage", "sqlalchemy", "sqlite3"]
"""50 to 250 ms each."""
ALLOWED = {
    "console.gateway": {"certifi", "httpx"},
    "console.tls": {"certifi"},
    "console.local_store": {"sqlalchemy", "sqlite3"},
}
"""Modules that are themselves imported late, and what for."""
BEFORE_PAINT = ["console.settings", "console.wording", "console.state.desk_state", "console.engine"]
"""What the window needs to be drawn."""
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in (ROOT / "console").rglob("*.py")
    if path.name != "__init__.py"
)
REPORT = "import importlib, json, sys; importlib.import_module(sys.argv[1]); print(json.dumps(sorted(sys.modules)))"


def imported_by(module: str) -> set[str]:
    run = subprocess.run([sys.executable, "-c", REPORT, module], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout))


@pytest.mark.parametrize("module", MODULES)
def test_no_module_imports_what_is_slow(module: str) -> None:
    loaded = imported_by(module)
    assert module in loaded
    assert loaded & set(SLOW) <= ALLOWED.get(module, set())
    assert not any(name.startswith("PySide6") for name in loaded)


@pytest.mark.parametrize("module", BEFORE_PAINT)
def test_what_the_window_needs_does_without_asyncio_and_ssl(module: str) -> None:
    assert not imported_by(module) & {"asyncio", "ssl", "logging.config", "email"}


def test_what_is_looked_for_exists_and_what_is_late_is_late() -> None:
    assert all(find_spec(name) for name in SLOW if name != "secretstorage")
    assert "httpx" in imported_by("console.gateway")
    assert "sqlalchemy" in imported_by("console.local_store")
