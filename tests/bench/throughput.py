"""How many checks and whole cases a server process answers, over HTTP on this machine."""

import asyncio
import json
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

from services.vocabulary import ActionState, CaseState
from tests.bench.figures import Figure, figure
from tests.bench.jobs import LINES, Jobs, Sources, health
from tests.bench.load import Answer, Load, drive
from tests.bench.portals import make_key, new_portal
from tests.support.agent_script import Agent, Phones
from tests.support.cast import opened
from tests.support.server import Server
from tests.support.world import Customer, Person

RUNS = 3
CHECKS, QUICK_CHECKS = 320, 80
"""Answered in each run."""
CASES, QUICK_CASES = 48, 16
"""In all runs together."""
NEW_PASSWORD = "a quiet harbour in the rain"
NOTES = {"checks_right": "; privacyIDEA, published, another machine: 38.6", "checks_wrong": "; privacyIDEA: 56.8"}
"""Of a peer on SQLite, tuned, with 8 connections: not measured here, and so no ratio."""


def measure(*, quick: bool) -> Iterator[Figure]:
    """A server, filled with what waits for an answer, and then asked."""
    with new_portal() as folder:
        yield from _measure(folder, *((QUICK_CHECKS, QUICK_CASES) if quick else (CHECKS, CASES)))


def _measure(folder: Path, checks: int, cases: int) -> Iterator[Figure]:
    server = Server(folder, level=logging.WARNING)
    make_key(server.settings)
    with opened(server.settings) as cast:
        jobs = Jobs(cast)
        kinds = {"checks_right": jobs.right_codes, "checks_wrong": jobs.wrong_codes, "checks_totp": jobs.app_codes}
        asked = [{name: ask(checks) for name, ask in kinds.items()} for _ in range(RUNS)]
        starts, callers = [jobs.starts(checks) for _ in range(RUNS)], cast.customers(cases)
        people = cast.agents(RUNS * LINES, "supervisor")  # nobody signs in twice with one code
        while cast.parts.audit.integrate() is not None:
            pass
    server.start()
    try:
        yield from _answered(server.url, asked, checks)
        served = [asyncio.run(_serve(server.url, people[nth::RUNS], callers[nth::RUNS])) for nth in range(RUNS)]
        yield figure("cases", served, "1/s", note=f"look-up, reverse code, new password; {LINES} agents at a time")
        started = [drive(server.url, sources, _is_fine).rate for sources in starts]
        yield figure("checks_started", started, "1/s", against="health", note="while the worker sends the codes")
    finally:
        server.stop()


def _answered(url: str, asked: Sequence[dict[str, Sources]], checks: int) -> Iterator[Figure]:
    """Every kind in turn, run by run."""
    drive(url, health(checks), _is_fine)
    loads: dict[str, list[Load]] = {name: [] for name in ("health", *asked[0])}
    for run in asked:
        loads["health"].append(drive(url, health(checks), _is_fine))
        for name, sources in run.items():
            loads[name].append(drive(url, sources, _passed if name != "checks_wrong" else _failed))
    for name, found in loads.items():
        busy = max(load.client for load in found)
        note = f"{LINES} connections; the client took {busy:.0%} of a core{NOTES.get(name, '')}"
        against = "" if name == "health" else "health"
        yield figure(name, [load.rate for load in found], "1/s", against=against, note=note)


def _is_fine(answer: Answer) -> bool:
    return answer[0] == 200


def _passed(answer: Answer) -> bool:
    return _is_fine(answer) and bool(json.loads(answer[1])["answer"]["passed"])


def _failed(answer: Answer) -> bool:
    return _is_fine(answer) and not json.loads(answer[1])["answer"]["passed"]


async def _serve(url: str, people: Sequence[Person], callers: Sequence[Customer]) -> float:
    """Cases a second, each agent serving one caller after the other."""
    phones, desks = Phones(url), [Agent(url, person) for person in people]
    try:
        await asyncio.gather(*(desk.sign_in() for desk in desks))
        start = perf_counter()
        await asyncio.gather(*(_recover(desk, phones, callers[nth::LINES]) for nth, desk in enumerate(desks)))
        return len(callers) / (perf_counter() - start)
    finally:
        await asyncio.gather(*(desk.leave() for desk in desks))
        await phones.close()


async def _recover(desk: Agent, phones: Phones, callers: Sequence[Customer]) -> None:
    for who in callers:
        assert who.phone is not None
        assert who.email is not None
        case = await desk.look_up(await desk.open("T-1042"), who.email.value)
        case = await desk.start(case, f"reverse_code:{who.phone.id}")
        page = await phones.link(who.phone.value, "is it you")
        await phones.type_number(page, case.checks[0].read_out or "")
        case = await desk.until(case, lambda now: any(check.counts for check in now.checks))
        await desk.run(case, "reset_link")
        case = await desk.until(case, lambda now: now.recoveries[0].state is ActionState.HANDED_OVER)
        page = await phones.link(who.email.value, "Set a new password")
        assert await phones.set_password(page, NEW_PASSWORD) == "Your new password is set"
        case = await desk.until(case, lambda now: now.state is CaseState.RESOLVED)
        assert case.recoveries[0].state is ActionState.DONE
