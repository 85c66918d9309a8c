"""What the tests of the desktop without pixels share: asynchronous tests run in virtual time."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.desk import Scene, with_disk
from tests.support.virtual_time import VirtualLoop


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """The loop of every test marked `anyio`: its clock jumps, so that no test waits."""
    return "asyncio", {"loop_factory": VirtualLoop}


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """A desk whose notes are kept, closed at the end."""
    made = with_disk()
    yield made
    await made.desk.close()
