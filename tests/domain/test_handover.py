"""One-time links: used once, dead on time (C-FP-03)."""

from datetime import timedelta

from services.domain.channels import LONGEST_LINK
from services.domain.handover import (
    PURPOSE_OF,
    STOP_LINK_LIFE,
    Link,
    link_objections,
    use,
)
from services.domain.policy_contradictions import LONGEST_COOLING
from services.domain.recovery_rules import HANDS_OVER
from services.usecases.timers import SPENT_KEPT
from services.vocabulary import Event, LinkPurpose, Objection
from tests.support.facts import ACCOUNT, CASE, MICROSECOND, NOW, POLICY, objections

LINK = Link(
    id="lnk_1",
    token_digest=b"digest",
    purpose=LinkPurpose.NEW_PASSWORD,
    account_id=ACCOUNT,
    case_id=CASE,
    created_at=NOW,
    expires_at=NOW + timedelta(hours=1),
)


def test_a_link_lives_until_it_expires_and_not_at_that_instant() -> None:
    assert link_objections(LINK, NOW) == ()
    assert link_objections(LINK, LINK.expires_at - MICROSECOND) == ()
    assert objections(link_objections(LINK, LINK.expires_at)) == {Objection.LINK_DEAD}


def test_a_link_is_used_once() -> None:
    used = use(LINK, NOW)
    assert objections(link_objections(used.state, NOW)) == {Objection.LINK_DEAD}
    assert (used.entry.event, used.entry.details) == (Event.LINK_USED, {"link": LINK.id, "purpose": LINK.purpose})


def test_a_link_does_not_show_what_it_is_known_by() -> None:
    assert "digest" not in repr(LINK)


def test_every_action_that_hands_over_has_its_page() -> None:
    assert set(PURPOSE_OF) == HANDS_OVER
    assert len(set(PURPOSE_OF.values())) == len(PURPOSE_OF)


def test_a_notice_can_still_stop_what_it_is_about_however_long_that_takes() -> None:
    """Invariant 9."""
    for rules in POLICY.actions.values():
        assert max(rules.cooling, rules.cooling_elevated) + rules.link_valid < STOP_LINK_LIFE
    assert LONGEST_COOLING + max(LONGEST_LINK.values()) <= STOP_LINK_LIFE <= SPENT_KEPT
