"""The commands a person types: every one is listed, and what the documents name exists."""

import os
import re
import subprocess

import pytest

from tests.architecture.source import ROOT, files, name, report, texts

TARGETS = re.compile(r"^([a-z-]+):.*## \S", re.MULTILINE)
"""A target of the Makefile that `make help` lists."""

NAMED = re.compile(r"(?:^\s*(?:\$ )?|`)make ([a-z-]+)")
"""A command in a document: on a line of its own, or in a code span."""


def listed() -> set[str]:
    return set(TARGETS.findall((ROOT / "Makefile").read_text("utf-8")))


def test_documents_name_only_commands_that_exist() -> None:
    known = listed()
    unknown = [
        f"{path}:{number} make {target}"
        for path, lines in texts()
        if path.endswith(".md")
        for number, line in enumerate(lines, 1)
        for target in NAMED.findall(line)
        if target not in known
    ]
    report(unknown, "A document names a command that the Makefile does not have.")


def test_help_lists_what_a_developer_needs() -> None:
    assert {"help", "demo", "test", "check", "bench", "tour", "lock", "openapi"} <= listed()


@pytest.mark.parametrize("script", [".ci/run", *(name(f) for f in files("resources/packaging") if f.suffix == ".sh")])
def test_scripts_parse(script: str) -> None:
    shell = "bash" if script == ".ci/run" else "sh"
    subprocess.run([shell, "-n", script], cwd=ROOT, check=True)


def test_the_machine_runs_every_test() -> None:
    script = (ROOT / ".ci/run").read_text("utf-8").splitlines()
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert script[-1] == "exec make test </dev/null"
