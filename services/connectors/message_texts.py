"""Words the messages to owners: text message, spoken call, mail. Nothing typed can break out of the wording."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from services.secret import Secret
from services.usecases.ports import Draft
from services.vocabulary import ContactKind, MessageKind
from services.wording import Desk, FreezeReason, WordingError, blanks, one_line, read, words

_IN_NAMES = frozenset(" -'\N{RIGHT SINGLE QUOTATION MARK}")


class MessageTexts:
    """The messages of one desk, in its language. Fits the port `Texts`; safe to share between threads."""

    def __init__(self, desk: Desk) -> None:
        """Read the wording.

        Raises:
            WordingError: If the desk's language has none, or a blank in it is not a bare name.
        """
        self._desk = desk
        self._words = words(desk.language)
        self._said = read(desk.language, "messages")
        for form in (form for kind in self._said.values() for form in _every_form(kind)):
            blanks(form)

    def forms(self, kind: MessageKind) -> frozenset[ContactKind]:
        """Over what a kind of message can go."""
        said = self._said[kind]
        by_phone = {ContactKind.PHONE} if "sms" in said or "voice" in said else set()
        return frozenset(by_phone | ({ContactKind.EMAIL} if "body" in said else set()))

    def compose(self, message: Draft) -> tuple[str, str]:
        """Subject (empty for a text message and a call) and body.

        Raises:
            WordingError: If this kind must not go over this channel, a blank has nothing to fill it, or a link leads
                anywhere but to us (C-FP-04).
        """
        if message.channel not in self.forms(message.kind):
            raise WordingError(f"A message {message.kind!r} has no wording for {message.channel!r}.")
        said = self._said[message.kind]
        facts = self._facts(message)
        if message.channel == ContactKind.EMAIL:
            return one_line(_fill([said["subject"]], facts)), "\n\n".join(
                _fill(_wordings(part), facts) for part in said["body"]
            )
        return "", _fill(_wordings(said.get("sms") or said["voice"]), facts)

    def _facts(self, message: Draft) -> dict[str, str]:
        """What the blanks can be filled with; a blank without a fact is not among them."""
        deed = self._words.deed("" if message.kind == MessageKind.NOTICE_FROZEN else message.action)
        code = _open(message.code)
        facts = {
            "agent": first_name(message.agent) or self._words.agent,
            "ask": deed.ask,
            "begun": ", ".join(self._words.steps[step] for step in message.steps),
            "at": self._moment(message),
            "case": one_line(message.case_number),
            "code": code,
            "company": one_line(self._desk.company),
            "completed": (deed.with_codes if message.new_codes else "") or deed.completed or deed.done,
            "dial": dialled(self._desk.support_phone),
            "done": deed.done,
            "link": self._ours(_open(message.link)),
            "minutes": str(message.minutes or ""),
            "phone": one_line(self._desk.support_phone),
            "planned": deed.planned,
            "reason": self._words.freeze_reasons[_freeze_reason(message.action)],
            "spoken": ". ".join(code),
            "stop_link": self._ours(_open(message.stop_link)),
        }
        return {name: fact for name, fact in facts.items() if fact}

    def _moment(self, message: Draft) -> str:
        if message.at is None:
            return ""
        moment = self._words.moment if message.channel == ContactKind.EMAIL else self._words.short_moment
        return moment(message.at, self._desk.zone)

    def _ours(self, link: str) -> str:
        if link and not link.startswith(f"{self._desk.base_url}/"):
            raise WordingError("A link in a message must lead to the configured base URL.")
        return link


def first_name(name: str) -> str:
    """A name with nothing in it that a telephone could turn into a link: letters, their marks, hyphens, apostrophes."""
    kept = (sign for sign in one_line(name) if sign in _IN_NAMES or unicodedata.category(sign)[0] in "LM")
    return "".join(kept).strip()


def dialled(number: str) -> str:
    """A telephone number as it is dialled: short enough for a text message, and one tap on any telephone."""
    return "".join(sign for sign in number if sign.isascii() and (sign.isdigit() or sign == "+"))


def _freeze_reason(action: str) -> FreezeReason:
    """Why: for an action of the desk, or because its owner said so."""
    return FreezeReason.FREEZE if action == FreezeReason.FREEZE else FreezeReason.REPUDIATED


def _open(secret: Secret[str] | None) -> str:
    return secret.reveal() if secret else ""


def _every_form(kind: Mapping[str, Any]) -> list[str]:
    return [text for form in kind.values() for part in _wordings(form) for text in _wordings(part)]


def _wordings(part: str | list[str]) -> list[str]:
    return [part] if isinstance(part, str) else part


def _fill(wordings: list[str], facts: Mapping[str, str]) -> str:
    """The first wording whose blanks can all be filled, filled."""
    for wording in wordings:
        if blanks(wording) <= facts.keys():
            return wording.format_map(facts)
    lacking = ", ".join(sorted(blanks(wordings[-1]) - facts.keys()))
    raise WordingError(f"Nothing to fill {lacking} with in {wordings[-1]!r}.")
