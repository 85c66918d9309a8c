"""The main job, from the first ring to the owner's new password, by the keyboard alone."""

from PySide6.QtCore import Qt

from services.secret import Secret
from tests.support.journey import Portal, Seat

NEW_PASSWORD = "a quiet harbour in the rain"
MOST_KEYS = 12
"""Keys of a standard verified reset after sign-in, but for the caller's own words."""


def test_a_caller_is_proven_and_given_the_account_back(seat: Seat, portal: Portal) -> None:
    """Invariants 1, 3, 6, 7, 11 and 13, seen from the agent's chair and from the owner's phone."""
    world = portal.world
    ada, who = world.person(name="Ada Demo"), world.customer()
    assert who.email is not None
    assert who.phone is not None
    seat.sign_in(*portal.badge(ada))
    seat.open_case("T-1042", who.email.value)
    seat.sees("Not proven yet", "Send reset link takes one proof.", "Not enough is proven yet")

    seat.press(Qt.Key.Key_F4)
    seat.sees("A link is on its way.")
    portal.work()
    assert portal.told("reverse_code_link") == [who.phone.value]
    link = portal.link("reverse_code_link")
    page = portal.page(link).text
    assert "Ada" in page
    assert "reset your password" in page
    seat.sees("The page is open. Read this number out; the caller types it there.")
    portal.send(link, decision="confirm", number=seat.read_out())
    seat.sees("Enough is proven", "Passed. Counts until", "Check passed: number read to the caller. The owner.")

    seat.press(Qt.Key.Key_F8)
    seat.sees("Reason, for the record (may stay empty)")
    seat.press(Qt.Key.Key_Return)
    seat.sees("What is being done", "Under way")
    assert seat.keys <= MOST_KEYS

    portal.work()
    seat.sees("With the owner", "Reset link sent to", "The owner was told")
    assert portal.told("reset_link") == [who.email.value]
    assert set(portal.told("notice_done")) == {who.email.value, who.phone.value}
    portal.send(portal.link("reset_link"), password=NEW_PASSWORD, repeat=NEW_PASSWORD)
    seat.sees("Resolved", "Owner set a new password. The owner.", "Case resolved: the owner is back in.")
    with world.storage.reading() as work:
        assert world.service.passwords.fits(Secret(NEW_PASSWORD), work.accounts.get(who.account.id).password_hash)
    _are_in_order(_deeds(world.events()))


def test_each_step_shows_up_as_it_is_done(seat: Seat, portal: Portal) -> None:
    """Invariant 13: what is said to be done is done, and nothing else is."""
    world = portal.world
    who = world.customer(locked=True)
    seat.sign_in(*portal.badge(world.person()))
    seat.open_case("T-1", who.account.customer_number)
    seat.press(Qt.Key.Key_F4)
    number = seat.read_out()
    portal.work()
    portal.send(portal.link("reverse_code_link"), decision="confirm", number=number)
    seat.sees("Enough is proven")
    seat.choose("Unlock: Unlock account")
    seat.press(Qt.Key.Key_Return)
    seat.sees("Under way", "Tell the owner")
    assert "Account locked" in seat.screen()

    portal.work_once()
    seat.sees("Account unlocked", "Tell the owner")
    seat.no_longer_sees("Account locked")
    portal.work_once()
    seat.sees("Notices to the owner on their way", "Tell the owner")
    assert "The owner was told" not in seat.screen()
    portal.work()
    seat.sees(
        "The owner was told",
        "Every step is done. The timeline shows each message to the owner as it goes out.",
    )
    seat.hears("Unlock account: Done")


def _are_in_order(deeds: list[str]) -> None:
    """Invariants 7, 11 and 13: every deed is on record once, and the owner was told before anything was handed over."""
    assert deeds[:13] == [
        "staff.signed_in",
        "case.opened",
        "lookup.matched",
        "check.started",
        "message.sent",
        "check.opened",
        "check.passed",
        "link.used",
        "action.requested",
        "link.made",
        "message.sent",
        "action.step_done",
        "action.notices_written",
    ]
    told_by_mail = ["message.sent", "action.step_done", "action.handed_over"]
    assert deeds[13:17] in (
        [*told_by_mail, "message.sent"],
        ["message.sent", *told_by_mail],
    )  # which goes first is open
    assert deeds[17:] == ["account.password_set", "action.done", "link.used", "case.resolved"]


def _deeds(events: list[str]) -> list[str]:
    """What was done in the journey itself: without its cast, and without readings, which are audited too."""
    began = events.index("staff.signed_in")
    return [event for event in events[began:] if event != "case.read"]
