"""What the tests of the desktop without pixels share: asynchronous tests run in virtual time."""

from typing import Any

import pytest

from tests.support.virtual_time import VirtualLoop


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """The loop of every test marked `anyio`: its clock jumps, so that no test waits."""
    return "asyncio", {"loop_factory": VirtualLoop}
