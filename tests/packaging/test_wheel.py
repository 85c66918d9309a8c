"""What is shipped: the wheel holds every module and every data file, and nothing else of ours."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT, files, name, report

NEEDED_TO_BUILD = ("pyproject.toml", "README.md", "LICENSE")


@pytest.mark.slow
def test_the_wheel_holds_everything(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for file in [*files(*PACKAGES), *(ROOT / needed for needed in NEEDED_TO_BUILD)]:
        target = source / name(file)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    build = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir"]
    run = subprocess.run(
        [sys.executable, *build, tmp_path, source], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    (wheel,) = tmp_path.glob("rightful-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        shipped = {member for member in archive.namelist() if ".dist-info/" not in member}
    report(
        sorted(shipped ^ {name(file) for file in files(*PACKAGES)}), "The wheel and the packages differ in these files."
    )
