"""Whatever anybody does, in whatever order and at whatever pace, guesses stay within the limits (invariant 10)."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.domain.account import Dossier
from services.domain.answering import Fit, attempts_left, objections_to_answer, settle
from services.domain.attempts import ANY, EVERY_SEND, Attempts, count, left, limits_of, none_yet, objections
from services.domain.policy import AttemptLimits
from services.domain.verification import Check, objections_of_limits
from services.vocabulary import CUSTOMER, Method
from tests.support.facts import ACCOUNT, NOW, app, check, codes, dossier, email, phone, policy

SMALL = policy(
    ("attempts", {"limit": 3, "window_minutes": 60, "lock_minutes": 90, "disable_after": 8}),
    ("attempts_together", {"limit": 5, "window_minutes": 60, "lock_minutes": 60, "disable_after": 20}),
    ("sends_daily", {"limit": 4}),
)
"""Limits that a short run reaches."""
FACTORS: dict[str, tuple[Method, str | None]] = {
    "contact:phone": (Method.SMS_CODE, "phone"),
    "contact:email": (Method.EMAIL_CODE, "email"),
    "authenticator:app": (Method.TOTP, "app"),
    "recovery_codes": (Method.RECOVERY_CODE, None),
}
minutes = st.sampled_from([0, 1, 7, 59, 60, 61, 89, 90, 400])

limits = st.builds(
    lambda limit, window, longer, more: AttemptLimits(
        limit=limit,
        window=timedelta(minutes=window),
        lock=timedelta(minutes=window + longer),
        disable_after=limit + more,
    ),
    st.integers(1, 6),
    st.integers(1, 90),
    st.integers(0, 90),
    st.integers(0, 20),
)


@given(limits, st.lists(minutes, min_size=1, max_size=60))
def test_no_window_and_no_row_holds_more_than_its_limit(rules: AttemptLimits, pauses: list[int]) -> None:
    """Wrong answers at any pace, each only when nothing objects: what is evaluated is bounded, for any limits."""
    counter, now, evaluated = none_yet(ACCOUNT, "contact:phone", NOW), NOW, list[datetime]()
    for pause in pauses:
        now += timedelta(minutes=pause)
        if not objections(counter, rules, now):
            assert left(counter, rules, now) > 0
            counter = count(counter, rules, now)
            evaluated.append(now)
    assert len(evaluated) <= (rules.disable_after or 0)
    for start in evaluated:
        assert sum(start <= at < start + rules.window for at in evaluated) <= rules.limit


@given(st.lists(st.tuples(st.sampled_from([0, 1, 9, 10, 71, 1430, 1440]), st.booleans()), min_size=1, max_size=120))
def test_no_day_holds_more_messages_than_its_limit_however_many_are_answered(calls: list[tuple[int, bool]]) -> None:
    """N-OOB-04: whoever answers each code, or has an owner who does, is sent no more of them."""
    counters, now, sent = dict[str, Attempts](), NOW, list[datetime]()
    for pause, answered in calls:
        now += timedelta(minutes=pause)
        if objections_of_limits(EVERY_SEND, dossier(phone(), attempts=counters), SMALL, now):
            continue
        for name in EVERY_SEND:
            before = counters.get(name) or none_yet(ACCOUNT, name, now)
            counters[name] = count(before, limits_of(name, SMALL), now)
        sent.append(now)
        if answered:
            code = check(Method.SMS_CODE, "phone", started_at=now, expires_at=now + timedelta(minutes=1))
            settled = settle(code, dossier(phone(), attempts=counters), Fit.RIGHT, CUSTOMER, SMALL, now).state
            counters |= {one.bucket: one for one in settled.attempts}
    for start in sent:
        assert sum(start <= at < start + timedelta(days=1) for at in sent) <= SMALL.sends_daily.limit
    rested = now + SMALL.sends_daily.lock
    assert not objections_of_limits(EVERY_SEND, dossier(phone(), attempts=counters), SMALL, rested)


class Guessing(RuleBasedStateMachine):
    """Somebody guesses at an account: any factor, any number of calls and new codes, any pace, now and then right."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.facts: Dossier = dossier(phone(), email(), app(), codes())
        self.checks: dict[str, Check] = {}
        self.evaluated: dict[str, list[datetime]] = {name: [] for name in FACTORS}
        self.in_a_row = dict.fromkeys(FACTORS, 0)
        self.begin_all()

    def begin_all(self) -> None:
        for name in FACTORS:
            self.new_code(name)

    @rule(name=st.sampled_from(sorted(FACTORS)))
    def new_code(self, name: str) -> None:
        """AC-4: another call, another case, another code. It resets nothing."""
        method, target = FACTORS[name]
        self.checks[name] = check(method, target, started_at=self.now, expires_at=self.now + timedelta(days=1))

    @rule(pause=minutes)
    def wait(self, pause: int) -> None:
        self.now += timedelta(minutes=pause)

    @rule(name=st.sampled_from(sorted(FACTORS)), fit=st.sampled_from([Fit.WRONG, Fit.WRONG, Fit.WRONG, Fit.REPLAYED]))
    def guess(self, name: str, fit: Fit) -> None:
        self.answer(name, fit)

    @rule(name=st.sampled_from(sorted(FACTORS)))
    def know(self, name: str) -> None:
        """The right answer: what an attacker may well have for one factor."""
        self.answer(name, Fit.RIGHT)

    def answer(self, name: str, fit: Fit) -> None:
        before = self.checks[name]
        if objections_to_answer(before, self.facts, SMALL, self.now):
            return
        assert attempts_left(before, self.facts.attempts, SMALL, self.now) > 0
        settled = settle(before, self.facts, fit, CUSTOMER, SMALL, self.now).state
        self.checks[name] = settled.check
        self.keep(settled.attempts)
        if fit is Fit.RIGHT:
            self.evaluated[name].clear()
            self.in_a_row[name] = 0
        else:
            self.evaluated[name].append(self.now)
            self.in_a_row[name] += 1

    def keep(self, counters: tuple[Attempts, ...]) -> None:
        kept = {**self.facts.attempts, **{one.bucket: one for one in counters}}
        self.facts = dossier(phone(), email(), app(), codes(), attempts=kept)

    @invariant()
    def each_factor_is_within_its_limits(self) -> None:
        for name, times in self.evaluated.items():
            assert self.in_a_row[name] <= (SMALL.attempts.disable_after or 0)
            for start in times:
                assert sum(start <= at < start + SMALL.attempts.window for at in times) <= SMALL.attempts.limit

    @invariant()
    def all_factors_together_are_within_theirs(self) -> None:
        counter = self.facts.attempts.get(ANY)
        if counter is not None:
            assert counter.failures <= SMALL.attempts_together.limit
            assert counter.in_a_row <= (SMALL.attempts_together.disable_after or 0)


class GuessingTogether(Guessing):
    """The same, keeping every wrong answer there ever was: a right one buys nothing within the hour."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[datetime] = []

    def answer(self, name: str, fit: Fit) -> None:
        before = sum(map(len, self.evaluated.values()))
        super().answer(name, fit)
        if sum(map(len, self.evaluated.values())) > before:
            self.wrong.append(self.now)

    @invariant()
    def no_hour_holds_more_wrong_answers_than_all_factors_may_have(self) -> None:
        window, limit = SMALL.attempts_together.window, SMALL.attempts_together.limit
        for start in self.wrong[-limit:]:
            assert sum(start <= at < start + window for at in self.wrong) <= limit


TestGuessing = Guessing.TestCase
TestGuessing.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)
TestGuessingTogether = GuessingTogether.TestCase
TestGuessingTogether.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)
