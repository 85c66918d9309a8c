"""What a desktop reads by itself: it keeps no idle session alive, and tells nobody to read again."""

import asyncio
from datetime import timedelta

from services.api.live import Hub, Listener
from services.contract.route import BACKGROUND
from services.domain.outcome import Entry
from services.domain.staff import SESSION_IDLE
from services.storage.lately import SqlLog
from services.vocabulary import ActorId, Event
from tests.support.http import Caller, Site

MINUTE = timedelta(minutes=1)


def still_signed_in(site: Site, caller: Caller, headers: dict[str, str]) -> bool:
    """Whether the session is there after reading once a minute for longer than it may be idle."""
    answers = []
    for _ in range(SESSION_IDLE // MINUTE + 2):
        site.world.clock.turn(MINUTE)
        answers.append(site.request("GET", "/v1/cases", headers=caller.headers | headers).status_code)
    return answers[-1] == 200


def test_a_person_who_reads_stays_signed_in_and_a_screen_that_reads_by_itself_does_not(site: Site) -> None:
    """N-SES-01."""
    caller = site.sign_in(site.world.person())
    assert still_signed_in(site, caller, {})
    assert not still_signed_in(site, caller, {BACKGROUND: "1"})


def test_reading_somebodys_case_tells_nobody_that_it_changed(site: Site) -> None:
    """A supervisor's reading is on record; told of it, their desktop would read again, for ever."""
    hub, agent = Hub(site.world.service, SqlLog(site.world.parts.database)), site.world.person()
    case = site.sign_in(agent).open_case()
    loop = asyncio.new_event_loop()
    listener = Listener(staff=agent.staff, loop=loop)
    hub.join(listener)
    for serial, event, told in ((1_000, Event.CASE_READ, 0), (1_001, Event.CASE_NOTED, 1)):
        entry = Entry(event=event, at=site.world.clock(), actor=ActorId("stf_1"), case=case["id"])
        hub.committed({serial: entry}, 0)
        loop.run_until_complete(asyncio.sleep(0))
        assert listener.queue.qsize() == told
    loop.close()
