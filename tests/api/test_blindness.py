"""Invariant 7: no route returns a secret to a member of staff: no password, no code, no link."""

import re
from datetime import timedelta

from tests.support.http import Caller, Site
from tests.support.world import LINK, PASSWORD, Customer

CODE = re.compile(r"\b(?:\d[. ]*){6}\b")
"""A code in a message: as digits, or spoken one by one."""


def everything_an_agent_can_read(caller: Caller, case_id: str) -> str:
    """Every answer of every reading route."""
    paths = (f"/cases/{case_id}", "/cases", "/sessions/current", "/audit/checkpoint", "/staff", "/health")
    return "".join(caller.get(path).text for path in paths)


def test_nothing_that_the_owner_gets_reaches_the_agent(site: Site) -> None:
    """AC-5, AC-6: codes, links and new secrets go to the owner, and the card knows nothing of them."""
    who = site.world.customer(totp=True, codes=True)
    caller = site.sign_in(site.world.person())
    case = caller.open_case(who.account.customer_number)
    seen = ""
    for option in _options(who):
        site.world.clock.turn(timedelta(minutes=6))
        caller = site.sign_in(site.world.person(login=f"agent-{option.split(':')[0]}-{option[-4:]}"))
        case = caller.open_case(who.account.customer_number)
        seen += caller.post(f"/cases/{case['id']}/checks", {"option": option}).text
        site.world.work()
        seen += everything_an_agent_can_read(caller, case["id"])
    codes = [CODE.search(one.body) for one in site.world.messages() if one.kind.endswith("_code")]
    links = [found.group(1) for one in site.world.messages() if (found := LINK.search(one.body))]
    assert len([code for code in codes if code]) >= 3
    assert links
    read_out = set(re.findall(r'"read_out":"(\d{6})"', seen))
    for code in codes:
        number = re.sub(r"\D", "", code.group()) if code else None
        assert number is None or number in read_out or number not in seen
    assert not [link for link in links if link in seen]
    assert PASSWORD not in seen
    assert who.key is not None
    assert who.key.secret.reveal().hex() not in seen


def test_personal_fields_are_masked_until_there_is_a_reason(site: Site) -> None:
    """Invariant 2."""
    who = site.world.customer()
    assert who.phone is not None
    assert who.email is not None
    caller = site.sign_in(site.world.person())
    case = caller.open_case(who.account.customer_number)
    seen = everything_an_agent_can_read(caller, case["id"])
    for field in (who.account.name, who.phone.value, who.email.value, who.email.value.split("@")[0]):
        assert field not in seen
    refused = caller.post(f"/cases/{case['id']}/reveal", {"field": who.phone.id, "reason": "  "})
    assert [reason["code"] for reason in refused.json()["reasons"]] == ["reason_missing"]
    shown = caller.post(f"/cases/{case['id']}/reveal", {"field": who.phone.id, "reason": "Asked to confirm it"})
    assert who.phone.value in shown.text
    assert who.email.value not in shown.text
    said = next(item["about"] for item in shown.json()["timeline"] if item["event"] == "account.revealed")
    assert said == [["field", "phone"]]
    assert "account.revealed" in site.world.events()


def test_the_card_of_a_miss_has_the_shape_of_no_card(site: Site) -> None:
    """A-17: a miss tells nothing but that it is one, however near it was."""
    site.world.customer()
    caller = site.sign_in(site.world.person())
    case = caller.open_case("nobody@postbox.example")
    assert (case["lookup"], case["account"], case["methods"], case["actions"]) == ("no_match", None, [], [])


def _options(who: Customer) -> list[str]:
    assert who.phone is not None
    assert who.email is not None
    phone = [f"{method}:{who.phone.id}" for method in ("reverse_code", "sms_code", "voice_code")]
    return [*phone, *(f"{method}:{who.email.id}" for method in ("reverse_code", "email_code"))]
