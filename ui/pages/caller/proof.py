"""What the verification panel says: a row for each method, and what is proven and still missing for an action.

Pure functions of a case's card. They word and arrange what the service decided; they decide nothing.
"""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from services.vocabulary import CheckState, ContactKind, Method
from ui.widgets.lists import Point
from ui.widgets.tone import Tone
from ui.words import say

if TYPE_CHECKING:
    from console.wording import Wording
    from services.contract.actions import ActionCard
    from services.contract.cases import CaseCard
    from services.contract.checks import CheckCard, CodeShape, MethodCard


class MethodView(NamedTuple):
    """One row of the verification panel."""

    key: str
    """Stays the same as long as it is the same row."""
    title: str
    line: str
    state: str
    """How far it is, in a word."""
    tone: Tone
    icon: str
    start: str = ""
    """The option to start; empty when it cannot be started again from here."""
    why_not: str = ""
    check: str = ""
    """The check that waits for the caller."""
    code: "CodeShape | None" = None
    """What the caller reads out; None when nothing is waited for, or the owner answers on their own page."""
    read_out: str = ""
    suggested: bool = False
    news: str = ""
    """What the owner does on their page: said aloud when it changes."""
    masked: str = ""
    """Where it goes, masked; empty when it goes nowhere."""

    @property
    def name(self) -> str:
        """What it is called where its row is not seen: the same method may go to two addresses."""
        return f"{self.title}, {self.masked}" if self.masked else self.title


class ProofView(NamedTuple):
    """What is proven and missing for one action."""

    title: str
    met: bool
    points: tuple[Point, ...]
    next_step: str
    """The cheapest thing to do; empty when nothing is missing or nothing helps."""


_OUTCOME = {
    CheckState.PENDING: (Tone.INFO, "hourglass"),
    CheckState.PASSED: (Tone.OK, "check"),
    CheckState.FAILED: (Tone.BAD, "x"),
    CheckState.EXPIRED: (Tone.WARN, "clock"),
    CheckState.CANCELLED: (Tone.NEUTRAL, "circle-dashed"),
    CheckState.REPUDIATED: (Tone.BAD, "octagon-alert"),
}


def method_views(card: "CaseCard", suggested: str, wording: "Wording", now: datetime) -> tuple[MethodView, ...]:
    """A row for each method on offer, in the service's order, then one for each check whose method is not offered.

    *suggested* is the option of the cheapest next step, empty for none.
    """
    rows = [_offered(card, method, _latest(card, method), wording, now) for method in card.methods]
    rows = [row._replace(suggested=bool(row.start) and row.start == suggested) for row in rows]
    offered = {(method.method, method.target) for method in card.methods}
    left = {(check.method, check.target): check for check in card.checks}
    rows += [_over(card, check, wording, now) for key, check in left.items() if key not in offered]
    return tuple(rows)


def proof_view(card: "CaseCard", action: "ActionCard", wording: "Wording", now: datetime) -> ProofView:
    """What counts in this case, and what *action* still needs."""
    need = action.requirement
    proven = tuple(_proven(check, wording, now) for check in card.checks if check.counts)
    missing = tuple(
        Point(_sentence(wording.word(kind)), say("still missing"), Tone.WARN, "circle-dashed") for kind in need.missing
    )
    title = say("%s takes %s.", wording.word(action.kind), wording.requirement(need))
    return ProofView(title, need.met, proven + missing, next_step(card, action, wording))


def next_step(card: "CaseCard", action: "ActionCard", wording: "Wording", *, where: bool = True) -> str:
    """The cheapest way on towards *action*, in a sentence; empty when there is none to take.

    What is under way is waited for, and the rest is next. With *where*, it names the contact points too.
    """
    options = {method.option: method for method in card.methods}
    steps = [options[option] for option in action.requirement.next_options if option in options]
    begun, rest = [step for step in steps if _waits(card, step)], [step for step in steps if not _waits(card, step)]
    sentences = []
    if begun:
        names = say(" and ").join(_named(method, wording, where=where) for method in begun)
        sentences.append(say("Waiting for: %s.", names))
    if rest:
        names = say(", then ").join(_named(method, wording, where=where) for method in rest)
        span = wording.moments.span(sum(method.seconds for method in rest))
        sentences.append(say("Next: %s, about %s.", names, span))
    return " ".join(sentences)


def suggested_option(card: "CaseCard", wanted: "ActionCard | None") -> str:
    """The option that leads on towards *wanted*, as the service planned it, or its own suggestion; empty for none."""
    if wanted is not None and wanted.requirement.next_options:
        return wanted.requirement.next_options[0]
    return next((method.option for method in card.methods if method.suggested), "")


def waiting_for_code(card: "CaseCard") -> "CheckCard | None":
    """The newest pending check whose code the caller reads out."""
    pending = [check for check in card.checks if check.state is CheckState.PENDING]
    asking = [check for check in pending if check.code is not None]
    return max(asking, key=lambda check: check.started_at, default=None)


def _offered(
    card: "CaseCard", method: "MethodCard", check: "CheckCard | None", wording: "Wording", now: datetime
) -> MethodView:
    title = _title(card, method.method, method.target, wording)
    if check is not None and check.state is CheckState.PENDING:
        return _pending(method.option, title, check, wording, now)
    if check is not None and check.counts:
        return _with_outcome(method.option, title, check, wording, now)
    own = tuple(reason for reason in method.why_not if reason not in card.why_not)
    why_not = wording.objections(own or method.why_not, now)
    hint = f"{wording.hint(method.method)} {say('About %s.', wording.moments.span(method.seconds))}"
    line = why_not if own else hint
    last = "" if check is None else f"{wording.word(check.state)}. "
    tone, icon = (Tone.NEUTRAL, "circle-dashed") if check is None else _OUTCOME[check.state]
    if why_not and check is None:
        tone, icon = Tone.NEUTRAL, "ban"
    return MethodView(
        key=method.option,
        title=title,
        line=_joined(method.masked, last + line),
        state=wording.word(check.state) if check else say("Cannot be used") if why_not else say("Not started"),
        tone=tone,
        icon=icon,
        start=method.option,
        why_not=why_not,
        masked=method.masked,
    )


def _pending(key: str, title: str, check: "CheckCard", wording: "Wording", now: datetime) -> MethodView:
    until = say("Good %s.", wording.moments.until(check.expires_at, now))
    reverse = check.method is Method.REVERSE_CODE
    if reverse and check.opened_by_owner:
        page = say("The page is open. Read this number out; the caller types it there.")
        if check.wrong_answers:
            page = say("That was not the number. Read it out again; the caller types it on the page.")
        line = f"{page} {say('Tries left: %s.', check.attempts_left)}"
    elif reverse:
        line = say("A link is on its way. Ask the caller to open it, then read this number out.")
    else:
        line = say("%s Tries left: %s.", wording.hint(check.method), check.attempts_left)
    return MethodView(
        key=key,
        title=title,
        line=_joined(check.masked, f"{line} {until}"),
        state=wording.word(check.state),
        tone=Tone.INFO,
        icon="hourglass",
        check=check.id,
        code=check.code,
        read_out=check.read_out or "",
        news=line if reverse else "",
        masked=check.masked,
    )


def _over(card: "CaseCard", check: "CheckCard", wording: "Wording", now: datetime) -> MethodView:
    title = _title(card, check.method, check.target, wording)
    if check.state is CheckState.PENDING:
        return _pending(check.id, title, check, wording, now)
    return _with_outcome(check.id, title, check, wording, now)


def _with_outcome(key: str, title: str, check: "CheckCard", wording: "Wording", now: datetime) -> MethodView:
    tone, icon = _OUTCOME[check.state]
    line = wording.hint(check.state)
    if check.counts and check.lapses_at is not None:
        line = say("Counts %s.", wording.moments.until(check.lapses_at, now))
    elif check.state is CheckState.PASSED and check.lapses_at is None:
        line = say("It was proof in this case.")
    elif check.state is CheckState.PASSED:
        line, tone, icon = say("It has lapsed and counts no more."), Tone.NEUTRAL, "clock"
    word = wording.word(check.state)
    said = _joined(check.masked, f"{word}. {line}")
    return MethodView(key, title, said, word, tone, icon, masked=check.masked)


def _title(card: "CaseCard", method: Method, target: str | None, wording: "Wording") -> str:
    """What the method is called; a reverse code by the way its link goes, because there may be one for each."""
    word = wording.word(method)
    contacts = card.account.contacts if card.account is not None else ()
    kind = next((contact.kind for contact in contacts if contact.id == target), None)
    if method is not Method.REVERSE_CODE or kind is None:
        return word
    return say("%s, link by text message", word) if kind is ContactKind.PHONE else say("%s, link by e-mail", word)


def _proven(check: "CheckCard", wording: "Wording", now: datetime) -> Point:
    until = "" if check.lapses_at is None else say("Counts %s.", wording.moments.until(check.lapses_at, now))
    aloud = say(", read aloud") if check.exposed else ""
    by = f"{wording.word(check.method)}{aloud}. {until}".strip()
    return Point(_sentence(wording.word(check.evidence)), say("proven"), Tone.OK, "circle-check", by)


def _latest(card: "CaseCard", method: "MethodCard") -> "CheckCard | None":
    same = [check for check in card.checks if (check.method, check.target) == (method.method, method.target)]
    return max(same, key=lambda check: (check.counts, check.started_at), default=None)


def _waits(card: "CaseCard", method: "MethodCard") -> bool:
    latest = _latest(card, method)
    return latest is not None and latest.state is CheckState.PENDING


def _named(method: "MethodCard", wording: "Wording", *, where: bool) -> str:
    word = wording.word(method.method)
    small = word[:1].lower() + word[1:]
    return f"{small} ({method.masked})" if method.masked and where else small


def _joined(masked: str, line: str) -> str:
    return f"{masked} · {line}" if masked else line


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
