"""What a server is asked under load: checks that wait for their answers, cases that wait for a check."""

from collections.abc import Callable, Iterator, Sequence
from itertools import count, repeat

from services.app import utc_now
from services.vocabulary import Method
from tests.bench.load import Source, request
from tests.bench.staff import SignedIn, signed_in
from tests.support.cast import Cast, Traits
from tests.support.totp import totp_now
from tests.support.world import Customer

LINES = 8
"""Connections at a time, each with an agent of its own."""
TRIES = 4
"""Wrong codes for each account: the fifth would lock it."""
CODE, WRONG_CODE = "271828", "314159"

Sources = list[Source]
"""What each connection sends."""
Ask = Callable[[], bytes]

_keys = (f"bench-{nth:08}" for nth in count())


class Jobs:
    """Fills a server's data before it starts; then says what to send."""

    def __init__(self, cast: Cast) -> None:
        self._cast, self._team = cast, signed_in(cast.parts, cast.agents(LINES))

    def right_codes(self, number: int) -> Sources:
        """Each answers a check of its own, and passes."""
        return _by_line([_answer(agent, path, lambda: CODE) for agent, _who, path in self._sms_checks(number)])

    def wrong_codes(self, number: int) -> Sources:
        """Each fails, and is counted; several on each check."""
        tries = self._sms_checks(number // TRIES)
        return _by_line([_answer(agent, path, lambda: WRONG_CODE) for agent, _who, path in tries for _ in range(TRIES)])

    def app_codes(self, number: int) -> Sources:
        """Each answers a check of its own with what the authenticator app shows then, and passes."""
        checks = self._checks(number, Method.TOTP, "")
        return _by_line([_answer(agent, path, _shown_to(who)) for agent, who, path in checks])

    def starts(self, number: int) -> Sources:
        """Each starts a check in a case of its own: a code is drawn, and a message written."""
        served = self._served(number)
        with self._cast.storage.changing() as work:
            cases = [(agent, who, self._cast.case(work, agent.person, who)) for agent, who in served]
        return _by_line([_post(agent, f"/v1/cases/{case.id}/checks", _start(who)) for agent, who, case in cases])

    def _sms_checks(self, number: int) -> list[tuple[SignedIn, Customer, str]]:
        return self._checks(number, Method.SMS_CODE, CODE)

    def _checks(self, number: int, method: Method, code: str) -> list[tuple[SignedIn, Customer, str]]:
        """Checks that wait for their answer: whose, of whom, and where the answer goes."""
        served, found = self._served(number), []
        with self._cast.storage.changing() as work:
            for agent, who in served:
                case = self._cast.case(work, agent.person, who)
                check = self._cast.check(work, case, who, method, code)
                found.append((agent, who, f"/v1/cases/{case.id}/checks/{check.id}/answer"))
        return found

    def _served(self, number: int) -> list[tuple[SignedIn, Customer]]:
        """New customers, each with the agent of one line."""
        made = self._cast.customers(number, Traits(totp=True))
        return [(self._team[nth % LINES], who) for nth, who in enumerate(made)]


def health(number: int) -> Sources:
    """What the server answers without thinking."""
    return [repeat(request("GET", "/v1/health"), number // LINES) for _ in range(LINES)]


def _by_line(asks: Sequence[Ask]) -> Sources:
    return [_made(asks[line::LINES]) for line in range(LINES)]


def _made(asks: Sequence[Ask]) -> Iterator[bytes]:
    """Requests, each made when its turn comes."""
    return (ask() for ask in asks)


def _answer(agent: SignedIn, path: str, code: Callable[[], str]) -> Ask:
    return _post(agent, path, lambda: {"code": code()})


def _post(agent: SignedIn, path: str, ask: Callable[[], object]) -> Ask:
    return lambda: request("POST", path, agent.token, next(_keys), ask())


def _shown_to(who: Customer) -> Callable[[], str]:
    assert who.key is not None
    key = who.key
    return lambda: totp_now(key, utc_now())


def _start(who: Customer) -> Callable[[], object]:
    assert who.phone is not None
    option = f"sms_code:{who.phone.id}"
    return lambda: {"option": option}
