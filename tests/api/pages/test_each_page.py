"""Each page: what it must say, and what it must not."""

from dataclasses import replace

import pytest

from services.api.pages.rendering import Pages
from services.api.pages.views import (
    Ending,
    EndPage,
    NumberSlip,
    Page,
    ReverseCodePage,
    StopStage,
    http_status,
)
from tests.api.pages.cards import (
    AT,
    CALL,
    CODE_LIST,
    CODES,
    CODES_AGAIN,
    DENIABLE,
    DESK,
    DONE,
    ENROL,
    KEY,
    KEY_HIDDEN,
    KEY_SHOWN,
    PAGES,
    PASSWORD,
    REFUSED,
    SEALED,
    STOP,
    STOPPED,
    URI,
)
from tests.support.markup import Element, read


def tree(page: Page) -> Element:
    return read(PAGES.render(page))


def test_the_page_of_the_call_says_who_what_which_and_where() -> None:
    """The flagship check: the caller sees who asks for what before typing anything."""
    root = tree(CALL)
    facts = {row.all("dt")[0].text: row.all("dd")[0].text for row in root.all("dl")[0].all("div")}
    assert list(facts.values()) == ["Nadia, Rightful demo support", "reset your password", "C-1042", "+44 ••• ••• 4471"]
    before_form = root.text[: root.text.index("The six digits")]
    assert "Only go on if you called us" in before_form
    assert "Never read anything here to anybody" in before_form
    assert "9 more minutes" in root.text
    assert "one more minute." in tree(replace(CALL, minutes=1)).text


def test_confirming_and_denying_are_equally_easy() -> None:
    """Denying needs no number typed; confirming does. Enter confirms: the first button is the form's own."""
    (form,) = tree(CALL).all("form")
    confirm, deny = form.all("button")
    (number,) = form.all("input")
    assert (confirm.get("name"), confirm.get("value"), deny.get("name"), deny.get("value")) == (
        "decision",
        "confirm",
        "decision",
        "not_me",
    )
    assert "formnovalidate" in deny.attributes
    assert "formnovalidate" not in confirm.attributes
    assert [number.get(name) for name in ("name", "inputmode", "autocomplete")] == ["number", "numeric", "off"]
    assert "required" in number.attributes


def test_a_wrong_number_does_not_tell_how_many_tries_are_left() -> None:
    """Attempts belong to the account: what is left of them is nobody's business on a link."""
    text = tree(replace(CALL, slip=NumberSlip.WRONG)).text
    assert "That is not the number." in text
    assert "tries" not in text
    assert "attempt" not in text


@pytest.mark.parametrize(
    ("stage", "said", "what"),
    [
        (StopStage.CHECKING, "is talking to our support as you", "Remove your authenticator app"),
        (StopStage.ASKED, "Nothing was done so far", "Remove your authenticator app"),
        (StopStage.SCHEDULED, "unless you stop it", "Remove your authenticator app"),
        (StopStage.DONE, "This was done", "your authenticator app was removed"),
    ],
)
def test_the_stop_page_says_what_will_be_stopped(stage: StopStage, said: str, what: str) -> None:
    root = tree(replace(STOP, stage=stage))
    assert said in root.text
    assert what in root.text
    assert ("is talking" in root.text) == (stage is StopStage.CHECKING)
    assert [time.get("datetime") for time in root.all("time")] == ["2026-05-03T14:02:00+00:00"]
    assert "3 May 2026, 14:02 UTC" in root.text
    assert "Your account is frozen" in root.text
    (button,) = root.all("button")
    assert (button.get("name"), button.get("value")) == ("decision", "stop")


def test_the_stopped_page_says_how_to_come_back_and_how_to_object() -> None:
    """N-IDP-18: reason, reactivation, redress."""
    text = tree(STOPPED).text
    assert "Your account is frozen" in text
    assert f"call {DESK.support_phone} and give the case number C-1042" in text
    assert "by mistake" in text
    assert "had been done before" not in text


@pytest.mark.parametrize("page", [replace(STOP, stage=StopStage.DONE, deeds=DONE), replace(STOPPED, was_done=DONE)])
def test_what_was_done_is_named_whole_or_in_part_as_the_messages_name_it(page: Page) -> None:
    """N-REC-17: an owner whose account was taken over reads what became of it, and when."""
    root = tree(page)
    assert "your password was changed" in root.text
    assert "a link to set a new password was sent" not in root.text
    assert "your authenticator app was removed" in root.text
    assert "you were signed out everywhere, your trusted devices were forgotten" in root.text
    assert [time.text for time in root.all("time")] == [
        f"3 May 2026, {clock} UTC" for clock in ("13:56", "14:02", "14:02")
    ]


def test_after_the_tap_what_had_been_done_is_not_called_stopped() -> None:
    text = tree(replace(STOPPED, was_done=DONE)).text
    assert "This had been done before you pressed the button" in text
    assert "will put right what was changed" in text


def test_a_link_that_was_used_says_what_for_and_when() -> None:
    """Whoever taps twice reads that it is done; whoever did not tap at all, that somebody else did."""
    password = tree(EndPage(ending=Ending.PASSWORD_WAS_SET, at=AT)).text
    app = tree(EndPage(ending=Ending.APP_WAS_SET_UP, at=AT)).text
    both = tree(EndPage(ending=Ending.PASSWORD_AND_CODES_WERE_SET, at=AT)).text
    assert "A new password was set here on 3 May 2026, 14:02 UTC" in password
    assert "An authenticator app was set up here on 3 May 2026, 14:02 UTC" in app
    assert "A new password was set here on 3 May 2026, 14:02 UTC, and new recovery codes were made." in both
    assert "recovery codes" not in password
    for text in (app, both):
        assert "If you did not get to save your recovery codes, call us. We never show them twice." in text
    for text in (password, app, both):
        assert "If it was not you, call us now." in text


def test_the_password_page_helps_a_password_manager() -> None:
    """N-PWD-06: autofill and paste; N-PWD-03: length is the only rule about form."""
    root = tree(PASSWORD)
    user, password, repeat, show = root.all("input")
    assert (user.get("autocomplete"), user.get("value")) == ("username", "amara")
    for field in (password, repeat):
        assert (field.get("type"), field.get("autocomplete")) == ("password", "new-password")
        assert not {"maxlength", "minlength", "pattern", "onpaste", "value"} & field.attributes.keys()
    assert (show.get("type"), show.get("name")) == ("checkbox", None)
    assert "at least 15 characters" in root.text
    for composition in ("upper", "capital", "digit", "symbol", "number"):
        assert composition not in root.all("ul")[0].text.lower()


def test_a_refused_password_is_never_sent_back() -> None:
    for page in REFUSED:
        assert not [
            field for field in tree(page).all("input") if field.get("type") == "password" and field.get("value")
        ]


def test_after_a_new_password_nobody_is_signed_in() -> None:
    """C-FP-06."""
    text = tree(EndPage(ending=Ending.PASSWORD_SET)).text
    assert "You were signed out everywhere" in text
    assert "We do not sign you in from here" in text


def test_the_key_can_be_scanned_tapped_and_typed() -> None:
    """X-15: the QR code has a text alternative, and the key can be copied by hand."""
    root = tree(KEY_SHOWN)
    (key,) = [element for element in root.all("p") if "key" in (element.get("class") or "").split()]
    assert key.text.split() == [KEY[start : start + 4] for start in range(0, len(KEY), 4)]
    assert root.all("a")[0].get("href") == URI
    assert root.all("svg")[-2].get("class") == "qr"


def test_the_link_alone_shows_no_key() -> None:
    """N-BND-01, N-BND-03: the link may have come by mail, so the page asks for the password, and for nothing else."""
    fields = [(one.get("name"), one.get("autocomplete")) for one in tree(ENROL).all("form")[0].all("input")]
    assert fields == [("username", "username"), ("password", "current-password"), (None, "off")]
    assert "That is not your password." in tree(replace(ENROL, wrong_password=True)).text
    assert http_status(replace(ENROL, wrong_password=True)) == 422


def test_the_password_is_asked_for_once_and_the_key_is_shown_once() -> None:
    """What the second form carries is sealed; after a slip there is a way back, and no key."""
    for page in (KEY_SHOWN, KEY_HIDDEN):
        sealed, number = tree(page).all("form")[0].all("input")
        assert (sealed.get("type"), sealed.get("name"), sealed.get("value")) == ("hidden", "enrolment", SEALED)
        assert (number.get("name"), number.get("autocomplete")) == ("number", "one-time-code")
    hidden = tree(replace(KEY_HIDDEN, slip=NumberSlip.WRONG))
    assert not [one for one in hidden.all("p", "svg") if one.get("class") in ("qr", "key mono")]
    assert (hidden.all("a")[0].get("href"), hidden.all("a")[0].text) == ("", "Start again")


def test_a_start_that_is_over_says_so_and_begins_anew() -> None:
    root = tree(replace(ENROL, over=True))
    assert "If your app has it already, delete it there." in root.text
    assert root.all("form")
    assert http_status(replace(ENROL, over=True)) == 410


def test_whoever_confirmed_may_still_think_better_of_it() -> None:
    """Somebody may have been talked into typing: "this is not me" stays on the page for as long as it is open."""
    (button,) = tree(DENIABLE).all("form")[0].all("button")
    assert (button.get("name"), button.get("value")) == ("decision", "not_me")
    assert not tree(replace(DENIABLE, may_deny=False)).all("form")


def test_recovery_codes_are_shown_with_their_date_and_ticked_off() -> None:
    root = tree(CODES)
    (codes,) = [element for element in root.all("ul") if "codes" in (element.get("class") or "")]
    assert [item.text.strip() for item in codes.all("li")] == list(CODE_LIST)
    assert "Made on 3 May 2026, 14:02 UTC" in root.text
    tick = root.all("form")[0].all("input")[0]
    assert (tick.get("type"), tick.get("name"), tick.get("value")) == ("checkbox", "saved", "yes")
    assert "required" in tick.attributes


def test_codes_that_come_for_a_used_one_say_so_and_nothing_of_an_app() -> None:
    """N-REC-05: whoever has no authenticator gets them, too."""
    first, again = tree(CODES).all("main")[0].text, tree(CODES_AGAIN).all("main")[0].text
    assert "Your new password is set, and you were signed out everywhere." in again
    assert "You used one of your recovery codes for this, so here is a new set." in again
    assert "password is set" not in first
    assert "authenticator" not in again
    for text in (first, again):
        assert "The ones you had before no longer work." in text
        assert all(code in text for code in CODE_LIST)


def test_a_bad_link_says_nothing_about_what_it_was() -> None:
    """One answer for what never was, was mistyped or was forgotten; the reference is for faults only."""
    html = PAGES.render(EndPage(ending=Ending.BAD_LINK, reference="F-7"))
    assert html == PAGES.render(EndPage(ending=Ending.BAD_LINK))
    for word in ("expired", "used", "case", "account", "F-7"):
        assert word not in read(html).all("main")[0].text
    assert http_status(EndPage(ending=Ending.BAD_LINK)) == 404


def test_a_fault_gives_its_number() -> None:
    assert "the number F-7" in tree(EndPage(ending=Ending.FAULT, reference="F-7")).text


def test_the_key_and_the_codes_are_not_in_the_cards_repr() -> None:
    assert KEY not in repr(KEY_SHOWN)
    assert SEALED not in repr(KEY_SHOWN)
    assert CODE_LIST[0] not in repr(CODES)


@pytest.mark.parametrize(
    ("page", "status"),
    [
        (CALL, 200),
        (STOP, 200),
        (STOPPED, 200),
        (EndPage(ending=Ending.CALL_CONFIRMED), 200),
        (EndPage(ending=Ending.PASSWORD_SET), 200),
        (EndPage(ending=Ending.CODES_SAVED), 200),
        (EndPage(ending=Ending.PASSWORD_WAS_SET, at=AT), 410),
        (EndPage(ending=Ending.PASSWORD_AND_CODES_WERE_SET, at=AT), 410),
        (EndPage(ending=Ending.APP_WAS_SET_UP, at=AT), 410),
        (EndPage(ending=Ending.EXPIRED), 410),
        (EndPage(ending=Ending.UNREADABLE), 400),
        (EndPage(ending=Ending.LATER), 503),
        (EndPage(ending=Ending.FAULT), 500),
    ],
)
def test_the_status_fits_the_page(page: Page, status: int) -> None:
    assert http_status(page) == status


def test_files_are_found_below_the_path_of_the_base_url() -> None:
    pages = Pages(replace(DESK, base_url="https://portal.example/help"))
    (sheet,) = [link for link in read(pages.render(CALL)).all("link") if link.get("rel") == "stylesheet"]
    assert (sheet.get("href") or "").startswith("/help/c/style.css?v=")


def test_names_in_any_script_are_kept_and_isolated() -> None:
    name = "نادية عبد الرحمن"
    page = ReverseCodePage(agent=name, deed="unlock", case_number="C-1", masked="+20 ••• 4471", minutes=9)
    assert name in [element.text for element in tree(page).all("bdi")]
