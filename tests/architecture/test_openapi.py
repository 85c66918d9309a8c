"""The description of the HTTP interface is committed, and is what the application says of itself."""

import json
from pathlib import Path

import pytest

from services.__main__ import main

DESCRIBED = Path(__file__).parents[2] / "resources" / "openapi.json"


def test_the_committed_description_is_the_generated_one(tmp_path: Path) -> None:
    """`make openapi` writes it. It needs no database and makes none."""
    config, output = tmp_path / "server.toml", tmp_path / "openapi.json"
    config.write_text(f'data_dir = "{tmp_path / "state"}"\nkey_file = "{tmp_path / "keys" / "rightful.key"}"\n')
    assert main(["--config", str(config), "openapi", "--output", str(output)]) == 0
    assert json.loads(DESCRIBED.read_text("utf-8")) == json.loads(output.read_text("utf-8"))
    assert sorted(tmp_path.iterdir()) == [output, config]


def test_a_description_that_cannot_be_written_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["openapi", "--output", "/nonexistent/x"]) == 2
    said = capsys.readouterr().err
    assert said == "rightful-server: /nonexistent/x cannot be written: No such file or directory.\n"
