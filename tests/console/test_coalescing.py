"""Bursts become few runs, in virtual time."""

import asyncio

import pytest

from console.coalescing import Coalesced
from tests.support.virtual_time import pass_time

pytestmark = pytest.mark.anyio


async def test_whatever_is_asked_for_during_a_run_is_one_more_run() -> None:
    runs: list[float] = []

    async def job() -> None:
        runs.append(asyncio.get_running_loop().time())
        await pass_time(1.0)

    coalesced = Coalesced(job, rest=2.0)
    task = asyncio.create_task(coalesced.run())
    began = asyncio.get_running_loop().time()
    for _ in range(20):
        coalesced.ask()
        await pass_time(0.05)
    await pass_time(100.0)
    assert [round(at - began, 3) for at in runs] == [0.0, 3.0]
    task.cancel()


async def test_nothing_runs_unasked_and_an_ask_before_the_start_counts() -> None:
    runs: list[int] = []

    async def job() -> None:
        runs.append(1)

    coalesced = Coalesced(job, rest=1.0)
    coalesced.ask()
    task = asyncio.create_task(coalesced.run())
    await pass_time(50.0)
    assert runs == [1]
    task.cancel()


async def test_an_error_ends_it() -> None:
    async def job() -> None:
        raise RuntimeError("a bug")

    coalesced = Coalesced(job, rest=1.0)
    coalesced.ask()
    with pytest.raises(RuntimeError):
        await coalesced.run()
