"""What PySide6 does to `import` is undone before the desktop imports anything else."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AT_START = """
import builtins, json, linecache, sys
plain = builtins.__import__
from ui import early
early.prepare()
import ui.running, ui.wiring
print(json.dumps([builtins.__import__ is plain, sorted(linecache.cache), sorted(sys.modules)]))
"""


def test_no_source_is_read_to_look_for_a_switch_and_the_pages_need_no_contract() -> None:
    run = subprocess.run([sys.executable, "-c", AT_START], capture_output=True, text=True, check=True)
    is_plain, sources, modules = json.loads(run.stdout)
    assert is_plain
    ours = ("console", "ui", "services")
    assert not [
        name for name in sources if Path(name).is_relative_to(ROOT) and Path(name).relative_to(ROOT).parts[0] in ours
    ]
    late = ("asyncio", "httpx", "msgspec", "pydantic", "services.contract", "sqlalchemy", "ui.pages.sign_in")
    assert not [name for name in modules if name.startswith(late)]
