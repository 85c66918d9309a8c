"""What our messages say, and what they must never say."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.connectors.message_texts import MessageTexts, dialled, first_name
from services.secret import Secret
from services.usecases.ports import Draft
from services.vocabulary import ActionKind, ContactKind, MessageKind, StepKind
from services.wording import Desk, WordingError, blanks, read
from tests.support.gsm import fits_alphabet, parts

BASE = "https://help.rightful.example"
DESK = Desk(company="Rightful demo", support_phone="+44 20 7946 0018", base_url=BASE)
TEXTS = MessageTexts(DESK)
SAID = read("en", "messages")

CODE = "482913"
TOKEN = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE"
"""43 signs: 32 octets in base64url, as C-FP-03 and A-46 want and more."""
LINK = f"{BASE}/c/{TOKEN}"
STOP = f"{BASE}/c/{TOKEN[::-1]}"

FULL = Draft(
    kind=MessageKind.SMS_CODE,
    channel=ContactKind.PHONE,
    case_number="C-1042",
    action=ActionKind.AUTHENTICATOR_RESET,
    agent="Nadia",
    code=Secret(CODE),
    link=Secret(LINK),
    stop_link=Secret(STOP),
    minutes=10,
    at=datetime(2026, 5, 3, 14, 2, tzinfo=UTC),
)

FORMS = [(kind, channel) for kind in MessageKind for channel in sorted(TEXTS.forms(kind))]
NOTICES = [form for form in FORMS if form[0].startswith("notice_")]
DEEDS = ["", *ActionKind]

every_form = pytest.mark.parametrize(("kind", "channel"), FORMS)
every_notice = pytest.mark.parametrize(("kind", "channel"), NOTICES)


def all_text(part: object) -> str:
    """Every sentence of a table or list of TOML, one after the other."""
    inner = part.values() if isinstance(part, dict) else part
    return inner if isinstance(inner, str) else " ".join(all_text(one) for one in cast("Iterable[object]", inner))


def composed(kind: MessageKind, channel: ContactKind, **changes: object) -> tuple[str, str]:
    return TEXTS.compose(replace(FULL, kind=kind, channel=channel, **changes))  # type: ignore[arg-type]  # a test names fields as it likes


def test_every_kind_of_message_has_words_and_no_other() -> None:
    assert SAID.keys() == set(MessageKind)
    assert all(TEXTS.forms(kind) for kind in MessageKind)
    known = {"sms", "voice", "subject", "body"}
    assert all(said.keys() <= known and ("subject" in said) == ("body" in said) for said in SAID.values())


@every_form
@pytest.mark.parametrize("deed", DEEDS)
def test_every_message_can_be_composed_for_every_deed(kind: MessageKind, channel: ContactKind, deed: str) -> None:
    subject, body = composed(kind, channel, action=deed)
    assert bool(subject) == (channel == ContactKind.EMAIL)
    assert not set("{}") & set(subject + body)
    assert DESK.company in subject + body


# What a notice must say, and must not.


@every_notice
def test_a_notice_says_whom_to_call_and_what_to_do_if_it_was_not_you(kind: MessageKind, channel: ContactKind) -> None:
    """N-NOT-03: repudiation instructions with contact information; N-IDP-04 and N-IDP-18: event, date, redress."""
    _, body = composed(kind, channel)
    assert "Not you" in body
    assert dialled(DESK.support_phone) in dialled(body)
    assert "3 May" in body
    assert "14:02 UTC" in body
    if kind == MessageKind.NOTICE_FROZEN:
        assert "because" in body
        assert "C-1042" in body
    else:
        assert STOP in body


@every_notice
@pytest.mark.parametrize("deed", DEEDS)
def test_a_notice_says_what_happened(kind: MessageKind, channel: ContactKind, deed: str) -> None:
    _, body = composed(kind, channel, action=deed)
    named = "frozen" if kind == MessageKind.NOTICE_FROZEN else r"was|were|will"
    assert re.search(named, body)


@every_notice
def test_a_notice_lets_nobody_in(kind: MessageKind, channel: ContactKind) -> None:
    """It goes to every address on file, the old ones included: it holds no code, and no link but the one that stops."""
    subject, body = composed(kind, channel)
    assert CODE not in subject + body
    assert LINK not in subject + body
    assert not {"code", "spoken", "link"} & blanks(all_text(SAID[kind]))


@pytest.mark.parametrize("reason", [ActionKind.FREEZE, ""])
def test_a_frozen_account_has_a_reason_in_words(reason: str) -> None:
    """N-IDP-18. Of no action: it was the owner who said so."""
    _, body = composed(MessageKind.NOTICE_FROZEN, ContactKind.EMAIL, action=reason)
    told = re.search(r"because (.+?)\. Nobody can sign in", body)
    assert told
    assert ("was asked to freeze it" if reason else "it was not them") in told[1]


RESET_STEPS = (StepKind.REVOKE_SESSIONS, StepKind.REMOVE_AUTHENTICATOR, StepKind.FORGET_DEVICES)


@pytest.mark.parametrize("channel", sorted(ContactKind))
@pytest.mark.parametrize("count", range(1, len(RESET_STEPS) + 1))
def test_what_was_not_finished_is_told_step_by_step(channel: ContactKind, count: int) -> None:
    """N-REC-17: what was done, and that the rest was not."""
    said = ("you were signed out everywhere", "app was switched off", "trusted devices were forgotten")
    subject, body = composed(MessageKind.NOTICE_UNFINISHED, channel, steps=RESET_STEPS[:count])
    assert [words in body for words in said] == [nth < count for nth in range(len(said))]
    assert "rest was not done" in body
    assert channel == ContactKind.EMAIL or parts(body) <= 2
    assert channel == ContactKind.PHONE or "not finished" in subject


def test_every_step_has_words_for_its_owner() -> None:
    assert set(read("en", "words")["steps"]) == set(StepKind)


def test_a_completed_recovery_tells_of_the_new_codes() -> None:
    """N-REC-06: a replacement recovery code is notified."""
    _, body = composed(MessageKind.NOTICE_COMPLETED, ContactKind.EMAIL)
    assert "your recovery codes were replaced" in body


@pytest.mark.parametrize("channel", sorted(ContactKind))
@pytest.mark.parametrize("new_codes", [False, True])
def test_a_new_password_tells_of_the_new_codes_where_there_are_any(channel: ContactKind, new_codes: bool) -> None:
    """N-REC-06, for a set of which one was used."""
    _, body = composed(MessageKind.NOTICE_COMPLETED, channel, action=ActionKind.RESET_LINK, new_codes=new_codes)
    assert ("your password was changed" in body) is not new_codes
    assert ("your password and your recovery codes were replaced" in body) is new_codes
    assert channel == ContactKind.EMAIL or parts(body) <= 2


# Codes and links.


@pytest.mark.parametrize("channel", sorted(ContactKind))
def test_what_binds_an_authenticator_is_in_no_message(channel: ContactKind) -> None:
    """N-BND-03: no binding code goes by mail. The link opens a page that asks for the password; the mail says so."""
    subject, body = composed(MessageKind.ENROLMENT_LINK, channel)
    assert CODE not in subject + body
    assert "otpauth" not in body
    assert channel == ContactKind.PHONE or "asks for your password: this message alone opens nothing" in body


@pytest.mark.parametrize("kind", [MessageKind.SMS_CODE, MessageKind.VOICE_CODE])
def test_what_goes_by_phone_only_is_not_mailed(kind: MessageKind) -> None:
    assert TEXTS.forms(kind) == {ContactKind.PHONE}
    with pytest.raises(WordingError, match="email"):
        composed(kind, ContactKind.EMAIL)


@pytest.mark.parametrize(("kind", "channel"), [form for form in FORMS if form[0].endswith("_code")])
def test_a_code_says_what_it_is_for_and_who_will_ask(kind: MessageKind, channel: ContactKind) -> None:
    subject, body = composed(kind, channel)
    assert ". ".join(CODE) in body if kind == MessageKind.VOICE_CODE else CODE in body
    assert CODE not in subject, "a subject is shown on a locked screen (N-OOB-06)"
    assert "Nadia" in body
    assert "remove your authenticator app" in body
    assert re.search(r"Not calling us\?|If you did not call us", body)


@pytest.mark.parametrize("kind", [MessageKind.REVERSE_CODE_LINK, MessageKind.RESET_LINK, MessageKind.ENROLMENT_LINK])
def test_a_link_says_what_to_do_if_it_was_not_asked_for(kind: MessageKind) -> None:
    for channel in sorted(TEXTS.forms(kind)):
        _, body = composed(kind, channel)
        assert LINK in body
        assert CODE not in body
        assert re.search(r"Not you\?|If it is not you|If not, open it and say so", body)


def test_without_a_stop_link_a_code_says_whom_to_call() -> None:
    _, body = composed(MessageKind.SMS_CODE, ContactKind.PHONE, stop_link=None)
    assert body.endswith("Not calling us? Call +442079460018")
    assert parts(body) == 1
    _, mail = composed(MessageKind.EMAIL_CODE, ContactKind.EMAIL, stop_link=None)
    assert "Not calling us?" in mail
    assert "Call +44 20 7946 0018." in mail


# Length.


@pytest.mark.parametrize("kind", [kind for kind, channel in FORMS if channel == ContactKind.PHONE])
@pytest.mark.parametrize("deed", DEEDS)
def test_a_text_message_is_short(kind: MessageKind, deed: str) -> None:
    """One part for every action's codes and links; two at most for a notice, whose link must also name a number."""
    _, body = composed(kind, ContactKind.PHONE, action=deed)
    assert fits_alphabet(body)
    if kind == MessageKind.VOICE_CODE:
        return
    one = not kind.startswith("notice_") and deed in set(ActionKind)
    assert parts(body) <= (1 if one else 2), body


# Nothing typed can break out.


LURES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        (
            "Nadia\r\nBcc: all@evil.example",
            "https://evil.example",
            "evil.example",
            "<b>x</b>",
            "{code}",
            "\N{RIGHT-TO-LEFT OVERRIDE}x",
        )
    ),
)


@given(agent=LURES, case_number=LURES)
def test_hostile_values_stay_on_their_line_and_link_nowhere(agent: str, case_number: str) -> None:
    kind, benign = composed(MessageKind.REVERSE_CODE_LINK, ContactKind.EMAIL)
    case_number = f"C-{case_number}"
    subject, body = composed(MessageKind.REVERSE_CODE_LINK, ContactKind.EMAIL, agent=agent, case_number=case_number)
    assert subject == kind
    assert len(body.splitlines()) == len(benign.splitlines())
    _, sms = composed(MessageKind.REVERSE_CODE_LINK, ContactKind.PHONE, agent=agent, case_number=case_number)
    assert "\n" not in sms
    assert sms.count("://") == 1
    assert not re.search(r"evil\.example", sms)


@given(st.text(max_size=60))
def test_a_first_name_holds_nothing_that_becomes_a_link(name: str) -> None:
    assert not set(first_name(name)) & set("./:@<>0123456789\r\n")


@pytest.mark.parametrize(
    "name", ["Nadia", "Zoë-Anne", "O\N{RIGHT SINGLE QUOTATION MARK}Neill", "نادية", "नादिया", "Đặng Thị"]
)
def test_a_first_name_is_kept(name: str) -> None:
    assert first_name(name) == name


def test_nobody_is_named_when_there_is_no_name() -> None:
    _, body = composed(MessageKind.SMS_CODE, ContactKind.PHONE, agent="")
    assert "is for our support to" in body


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/c/x",
        f"{BASE}.evil.example/c/x",
        f"{BASE}@evil.example/",
        BASE,
        f"http{BASE[5:]}/c/x",
        "/c/x",
    ],
)
@pytest.mark.parametrize("blank", ["link", "stop_link"])
def test_a_link_to_anywhere_else_is_refused(link: str, blank: str) -> None:
    """C-FP-04: the host comes from settings."""
    with pytest.raises(WordingError, match="base URL") as raised:
        composed(MessageKind.REVERSE_CODE_LINK, ContactKind.PHONE, **{blank: Secret(link)})
    assert link not in str(raised.value)


@pytest.mark.parametrize(
    ("kind", "change", "lacking"),
    [
        (MessageKind.SMS_CODE, {"code": None}, "code"),
        (MessageKind.RESET_LINK, {"link": None}, "link"),
        (MessageKind.RESET_LINK, {"minutes": 0}, "minutes"),
        (MessageKind.NOTICE_DONE, {"stop_link": None}, "stop_link"),
        (MessageKind.NOTICE_DONE, {"at": None}, "at"),
    ],
)
def test_a_message_with_a_hole_in_it_is_never_sent(kind: MessageKind, change: dict[str, object], lacking: str) -> None:
    with pytest.raises(WordingError, match=f"fill {lacking} with") as raised:
        composed(kind, ContactKind.PHONE, **change)
    assert CODE not in str(raised.value)
    assert TOKEN not in str(raised.value)
