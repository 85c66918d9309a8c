"""The description of the HTTP interface is committed, and is what the application says of itself."""

import json
from pathlib import Path

from services.app import build
from services.serving import application
from tests.support.world import World

DESCRIBED = Path(__file__).parents[2] / "resources" / "openapi.json"


def test_the_committed_description_is_the_generated_one(tmp_path: Path) -> None:
    """`make openapi` writes it."""
    world = World(tmp_path)
    parts = build(world.settings)
    generated = application(parts).openapi()
    parts.close()
    world.close()
    assert json.loads(DESCRIBED.read_text(encoding="utf-8")) == json.loads(json.dumps(generated))
