"""Blocking calls off the loop, on real threads."""

import asyncio
import threading
from functools import partial

from console.aside import SideThread


def test_results_and_errors_come_back_and_calls_keep_their_order() -> None:
    side, seen = SideThread("test"), list[int]()

    async def run() -> None:
        await asyncio.gather(*(side.attempt(partial(seen.append, n)) for n in range(200)))
        assert (await side.attempt(threading.get_ident)).result != threading.get_ident()
        failed = await side.attempt(lambda: 1 // 0)
        assert isinstance(failed.error, ZeroDivisionError)
        assert failed.result is None

    asyncio.run(run())
    side.close()
    assert seen == list(range(200))


def test_a_blocked_call_is_late_and_still_happens_before_the_next() -> None:
    side, seen, prompt = SideThread("test"), list[str](), threading.Event()

    def blocked() -> None:
        prompt.wait()
        seen.append("write")

    async def run() -> None:
        assert (await side.attempt(blocked, 0.01)).late
        assert (await side.attempt(lambda: seen.append("erase"), 0.01)).late
        assert seen == []
        prompt.set()
        await side.attempt(lambda: None)

    asyncio.run(run())
    side.close()
    assert seen == ["write", "erase"]


def test_a_call_that_fails_too_late_is_nobodys_fault() -> None:
    side, prompt = SideThread("test"), threading.Event()

    def blocked() -> None:
        prompt.wait()
        raise RuntimeError("dismissed")

    async def run() -> None:
        assert (await side.attempt(blocked, 0.01)).late
        prompt.set()
        await side.attempt(lambda: None)

    asyncio.run(run(), debug=True)
    side.close()


def test_the_program_ends_though_a_prompt_is_open() -> None:
    side, prompt = SideThread("test"), threading.Event()

    async def run() -> None:
        assert (await side.attempt(prompt.wait, 0.01)).late

    asyncio.run(run())
    side.close(seconds=0.01)
    prompt.set()
    side.close()


def test_whatever_was_asked_for_before_the_end_happens_and_is_answered() -> None:
    """A note that is being saved while the window closes is saved."""
    side, seen, prompt = SideThread("test"), list[int](), threading.Event()

    async def run() -> None:
        assert (await side.attempt(prompt.wait, 0.01)).late
        waits = [asyncio.ensure_future(side.attempt(partial(seen.append, n))) for n in range(20)]
        assert (await side.attempt(lambda: None, 0.01)).late
        side.close(seconds=0)
        prompt.set()
        assert not any(one.late for one in await asyncio.gather(*waits))

    asyncio.run(run())
    side.close()
    assert seen == list(range(20))


def test_closing_one_that_never_began_is_fine() -> None:
    SideThread("test").close()


def test_what_is_asked_for_after_the_end_is_late_and_begins_nothing() -> None:
    """Somebody who closes the window while an earlier session is being resumed leaves no thread behind."""
    side = SideThread("test")
    side.close()
    called: list[None] = []
    assert asyncio.run(side.attempt(lambda: called.append(None))).late
    assert called == []
    assert "test" not in {thread.name for thread in threading.enumerate()}
