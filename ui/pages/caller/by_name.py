"""What can be done in the case that is shown, by its name: commands that have no key, for the palette.

Each presses the button that stands on the page, with the question it asks, and rests when and why that button rests.
"""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from services.vocabulary import ActionKind, Method
from ui.commands import CASE, Command, Offer

if TYPE_CHECKING:
    from ui.pages.caller.actions_card import ActionsCard
    from ui.pages.caller.method_row import VerifyRow
    from ui.pages.caller.owner_card import OwnerCard
    from ui.pages.caller.verify_card import VerifyCard
    from ui.widgets.buttons import Button
    from ui.widgets.panes import Panes

_ALSO: dict[str, str] = {
    ActionKind.RESET_LINK: "password forgotten",
    ActionKind.AUTHENTICATOR_RESET: "device 2fa mfa totp lost",
    ActionKind.REVOKE_SESSIONS: "sessions revoke",
    ActionKind.FORGET_DEVICES: "browsers remembered",
    ActionKind.FREEZE: "block stop fraud",
    Method.REVERSE_CODE: "reverse link",
    Method.TOTP: "totp 2fa mfa",
    Method.RECOVERY_CODE: "backup saved",
    Method.SMS_CODE: "sms",
    Method.EMAIL_CODE: "email mail",
    Method.VOICE_CODE: "voice telephone",
}
"""Other words that somebody may type, by the kind of an action and the method of a check."""


def offers_by_name(panes: "Panes", owner: "OwnerCard", verify: "VerifyCard", deeds: "ActionsCard") -> tuple[Offer, ...]:
    """A command for each action, each check that can be started or called off, and each masked value."""
    return (*_actions(panes, deeds), *_checks(panes, verify), *_values(panes, owner))


def _actions(panes: "Panes", deeds: "ActionsCard") -> Iterator[Offer]:
    for row in deeds.rows.rows():
        view = row.view
        title = f"{view.title}, {view.about}" if view.about else view.title
        command = Command(f"run:{view.option}", title, CASE, view.icon, why_not=row.button.why_not)
        yield _offer(command, view.option, partial(_ask, panes, deeds, view.option))


def _checks(panes: "Panes", verify: "VerifyCard") -> Iterator[Offer]:
    for row in verify.rows.rows():
        view = row.view
        if view is not None and view.start:
            command = Command(f"start:{view.start}", row.start.accessibleName(), CASE, "shield-check")
            yield _offer(command._replace(why_not=row.start.why_not), view.start, partial(_start, panes, verify, row))
        if view is not None and view.check:
            command = Command(f"cancel:{view.check}", row.cancel.accessibleName(), CASE, "x", also="stop")
            yield _offer(command._replace(why_not=row.cancel.why_not), "", partial(_press, panes, row.cancel))


def _values(panes: "Panes", owner: "OwnerCard") -> Iterator[Offer]:
    for field, button in owner.eyes().items():
        command = Command(f"show:{field}", button.accessibleName(), CASE, "eye", also="reveal unmask")
        yield _offer(command._replace(why_not=button.why_not), "", partial(_press, panes, button))


def _offer(command: Command, option: str, deed: partial[None]) -> Offer:
    kind, _, _target = option.partition(":")
    also = f"{command.also} {_ALSO.get(kind, '')}".strip()
    return command._replace(also=also, enabled=not command.why_not), deed


def _ask(panes: "Panes", deeds: "ActionsCard", option: str) -> None:
    panes.reach(deeds)
    why_not = deeds.begin(option, close=False)
    if why_not:
        deeds.refused.emit(why_not)


def _start(panes: "Panes", verify: "VerifyCard", row: "VerifyRow") -> None:
    panes.reach(verify)
    row.begin()


def _press(panes: "Panes", button: "Button") -> None:
    panes.reach(button)
    button.setFocus(Qt.FocusReason.ShortcutFocusReason)
    button.click()
