"""What stands round a case whose account was not found yet."""

from ui.widgets.card import Card
from ui.widgets.notices import EmptyState
from ui.words import say


def nobody() -> Card:
    """In the place of the caller."""
    card = Card(name=say("The caller"))
    lesson = say(
        "Type what the caller says into the look-up, exactly. You get one masked match or none; there is no browsing. "
        "Who calls is a hint, and proves nothing."
    )
    card.body.addWidget(EmptyState("user-round-search", say("Nobody yet"), lesson))
    return card


def nothing() -> Card:
    """In the place of what can be done."""
    card = Card(say("What can I do"), "key-round")
    lesson = say("Once the account is found, this lists what can be done for its owner, and what each thing takes.")
    card.body.addWidget(EmptyState("key-round", say("Nothing yet"), lesson))
    return card
