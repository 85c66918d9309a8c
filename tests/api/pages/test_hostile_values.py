"""A lure must not change a page: the same elements, the same attributes, and the lure itself as text."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.pages.rendering import Pages
from services.api.pages.views import (
    Ending,
    EndPage,
    EnrolTotpPage,
    Page,
    RecoveryCodesPage,
)
from services.secret import Secret
from services.wording import one_line
from tests.api.pages.cards import (
    AT,
    CALL,
    CODES,
    DESK,
    ENROL,
    KEY_HIDDEN,
    PAGES,
    PASSWORD,
    STOP,
    STOPPED,
)
from tests.support.markup import Element, read

LURES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        (
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "' onfocus='alert(1)",
            "{{ desk }} {company} {0.__class__}",
            "</title></p></dl><form action=//evil.example>",
            "&lt;b&gt; &amp;",
            "\N{RIGHT-TO-LEFT OVERRIDE}moc.live",
            "Bobby\r\nSet-Cookie: x=1",
            "%s %(x)s",
        )
    ),
)


def tree(page: Page) -> Element:
    return read(PAGES.render(page))


@given(lure=LURES)
def test_a_hostile_name_stays_text_on_the_page_of_the_call(lure: str) -> None:
    page = replace(CALL, agent=lure, case_number=lure, masked=lure)
    hostile = tree(page)
    assert hostile.shape == tree(CALL).shape
    assert f"{one_line(lure)}, {DESK.company} support" in hostile.text


@given(lure=LURES)
def test_a_hostile_value_stays_text_on_every_other_page(lure: str) -> None:
    pairs: list[tuple[Page, Page]] = [
        (STOP, replace(STOP, case_number=lure)),
        (STOPPED, replace(STOPPED, case_number=lure)),
        (PASSWORD, replace(PASSWORD, user_name=lure)),
        (ENROL, replace(ENROL, user_name=lure)),
        (KEY_HIDDEN, replace(KEY_HIDDEN, enrolment=Secret(lure))),
        (CODES, RecoveryCodesPage(codes=(Secret(lure), Secret(lure)), issued_at=AT)),
        (EndPage(ending=Ending.FAULT), EndPage(ending=Ending.FAULT, reference=lure)),
    ]
    for kind, hostile in pairs:
        assert tree(hostile).shape == tree(kind).shape


@given(lure=LURES.filter(str.strip))
def test_a_hostile_company_stays_text(lure: str) -> None:
    pages = Pages(replace(DESK, company=lure, support_hours=lure or "x"))
    assert read(pages.render(CALL)).shape == tree(CALL).shape


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "https://evil.example/", "otpauth://hotp/x?secret=A", ""])
def test_only_the_address_of_a_key_becomes_the_link_to_the_app(uri: str) -> None:
    with pytest.raises(ValueError, match="otpauth"):
        EnrolTotpPage(uri=Secret(uri), enrolment=Secret(""))
