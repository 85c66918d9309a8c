"""The outbox, as the worker reads it."""

from pathlib import Path

from sqlalchemy import insert

from services.domain.outcome import Effect
from services.storage import tables
from services.vocabulary import EffectKind
from tests.support.world import World


def test_a_kind_that_only_a_newer_server_knows_waits_for_it(tmp_path: Path) -> None:
    """Nor does it stand in the way of the others."""
    world = World(tmp_path)
    known = Effect(kind=EffectKind.DELIVER_MESSAGE, key="message/1", payload={"message_id": "msg_1"})
    newer = {"id": "knit/1", "kind": "knit", "payload": {}, "created_at": world.clock()}
    with world.parts.database.changing() as connection:
        connection.execute(insert(tables.outbox).values(newer))
    with world.storage.changing() as work:
        work.enqueue(known)
    assert world.parts.outbox.due(10) == [known]
    world.close()
