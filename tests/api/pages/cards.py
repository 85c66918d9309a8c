"""One card of every page in every state it has."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.api.pages.rendering import Pages
from services.api.pages.views import (
    Ending,
    EndPage,
    EnrolPage,
    EnrolTotpPage,
    NewPasswordPage,
    NumberSlip,
    Page,
    RecoveryCodesPage,
    ReverseCodePage,
    StopDeed,
    StopPage,
    StoppedPage,
    StopStage,
)
from services.secret import Secret
from services.vocabulary import ActionKind, Objection, StepKind
from services.wording import Desk

AT = datetime(2026, 5, 3, 14, 2, tzinfo=UTC)
KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""Base32 of "12345678901234567890", the secret of RFC 6238's appendix B."""
URI = f"otpauth://totp/Rightful%20demo:amara?secret={KEY}&issuer=Rightful%20demo"

CODE_LIST = ("K7QF-3MXA-9TRW-B2HN-PL4D-8ZVC-1YKE", "A3NG-W7VB-5RXT-M9FC-H2VK-D6PQ-8SZ4")
"""As the domain groups them: 28 letters of Crockford's base 32."""

DESK = Desk(
    company="Rightful demo",
    support_phone="+44 20 7946 0018",
    support_hours="every day, 8 to 20",
    base_url="https://help.rightful.example",
)
PAGES = Pages(DESK)

CALL = ReverseCodePage(
    agent="Nadia", deed=ActionKind.RESET_LINK, case_number="C-1042", masked="+44 ••• ••• 4471", minutes=9
)
DEED = StopDeed(deed=ActionKind.AUTHENTICATOR_RESET, at=AT)
STOP = StopPage(deeds=(DEED,), case_number="C-1042", stage=StopStage.SCHEDULED)
DONE = (
    StopDeed(deed=ActionKind.RESET_LINK, at=AT - timedelta(minutes=6), completed=True),
    DEED,
    StopDeed(deed=ActionKind.AUTHENTICATOR_RESET, at=AT, begun=(StepKind.REVOKE_SESSIONS, StepKind.FORGET_DEVICES)),
)
"""What can have been done before its owner stops it: to its end, by us alone, and in part."""
STOPPED = StoppedPage(case_number="C-1042")
PASSWORD = NewPasswordPage(user_name="amara", minimum=15, maximum=128)
ENROL = EnrolPage(user_name="amara")
SEALED = "01c0ffee"
KEY_SHOWN = EnrolTotpPage(enrolment=Secret(SEALED), uri=Secret(URI))
KEY_HIDDEN = replace(KEY_SHOWN, uri=None)
CODES = RecoveryCodesPage(codes=tuple(Secret(code) for code in CODE_LIST), issued_at=AT)
CODES_AGAIN = replace(CODES, for_a_used_one=True)

DENIABLE = EndPage(ending=Ending.CALL_CONFIRMED, may_deny=True)

OPEN: tuple[Page, ...] = (CALL, STOP, PASSWORD, ENROL, KEY_SHOWN, CODES)
"""The pages on which something can be done, as they are first shown."""

PASSWORD_OBJECTIONS = tuple(objection for objection in Objection if objection.startswith("password_"))

REFUSED: tuple[Page, ...] = (
    *(replace(CALL, slip=slip) for slip in NumberSlip),
    *(replace(KEY_HIDDEN, slip=slip) for slip in NumberSlip),
    *(replace(PASSWORD, objections=(objection,)) for objection in PASSWORD_OBJECTIONS),
    replace(PASSWORD, objections=PASSWORD_OBJECTIONS, repeat_differs=True),
    replace(PASSWORD, repeat_differs=True),
    replace(ENROL, wrong_password=True),
)
"""The same, with what was typed refused."""

OVER: tuple[Page, ...] = (
    STOPPED,
    replace(STOPPED, was_done=DONE),
    *(EndPage(ending=ending, reference="F-7", at=AT) for ending in Ending),
)
"""The pages with nothing to do on them."""

OTHERS: tuple[Page, ...] = (
    *(replace(CALL, deed=deed) for deed in (*ActionKind, "")),
    replace(CALL, minutes=1),
    *(replace(STOP, stage=stage) for stage in StopStage),
    replace(STOP, stage=StopStage.DONE, deeds=DONE),
    CODES_AGAIN,
    DENIABLE,
    replace(ENROL, over=True),
)

EVERY: tuple[Page, ...] = (*OPEN, *REFUSED, *OVER, *OTHERS)


def named(page: Page) -> str:
    """A short name for a test's id."""
    told: dict[str, Any] = {field.name: getattr(page, field.name) for field in fields(page)}
    keys = ("ending", "slip", "objections", "stage", "tone", "deed")
    return "-".join([type(page).__name__, *(str(told[key]) for key in keys if told.get(key))])
