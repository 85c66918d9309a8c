"""What crosses the wire: every route mounted once, strict requests, stable problems, one answer to a key."""

from typing import Any

import pytest

from services.contract.route import Route
from services.contract.routes import ROUTES
from services.storage import tables
from services.vocabulary import LONGEST_REFERENCE, LONGEST_TEXT
from tests.support.http import Site


def test_every_route_of_the_contract_is_mounted_once(site: Site) -> None:
    assert sorted(route.summary for route in site.mount.mounted) == sorted(route.summary for route in ROUTES)
    served = [(method, route.path) for route in site.mount.router.routes for method in sorted(route.methods)]  # type: ignore[attr-defined]  # of API routes
    assert sorted(served) == sorted((route.method, f"/v1{route.path}") for route in ROUTES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_no_route_works_signed_out(site: Site, route) -> None:  # type: ignore[no-untyped-def]  # any route
    """N-AAL-03, A-33: but for signing in, and for the health that a load balancer asks for."""
    path = f"/v1{route.path}".format(case_id="case_1", check_id="chk_1", staff_id="stf_1")
    ask: object = {} if route.path == "/sessions" else None
    answer = site.request(route.method, path, json=ask, headers={"Idempotency-Key": "12345678"})
    expected = {"/health": 200, "/sessions": 422}.get(route.path, 401)
    needs_body = route.ask is not type(None) and expected == 401
    assert answer.status_code == (422 if needs_body else expected)


def test_unknown_fields_are_refused_and_no_value_is_repeated(site: Site) -> None:
    """A-53, A-58."""
    caller = site.sign_in(site.world.person())
    answer = caller.post("/cases", {"channel": "phone", "reference": "T-1042", "address": "+447700900123"})
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid"
    assert "+447700900123" not in answer.text


def test_an_address_is_taken_by_no_route(site: Site) -> None:
    """Invariant 6: what starts a check is an option of the card, and an address is none."""
    who = site.world.customer()
    caller = site.sign_in(site.world.person())
    case = caller.open_case(who.account.customer_number)
    for option in ("sms_code:+447700900999", "email_code:thief@elsewhere.example", "sms_code", "reverse_code:cp_other"):
        answer = caller.post(f"/cases/{case['id']}/checks", {"option": option})
        assert answer.status_code == 409
        assert [reason["code"] for reason in answer.json()["reasons"]] == ["not_on_file"]
    assert site.world.work() == 0


def test_the_timeline_names_what_was_refused(site: Site) -> None:
    caller = site.sign_in(site.world.person())
    case = caller.open_case(site.world.customer().account.customer_number)
    assert caller.post(f"/cases/{case['id']}/lookup", {"query": "somebody else"}).status_code == 409
    refused = caller.get(f"/cases/{case['id']}").json()["timeline"][-1]
    assert (refused["event"], refused["about"]) == ("staff.refused", [["route", "post:/cases/case_id/lookup"]])


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("recovery_code", {"length": 28, "letters": True}),
        ("sms_code", {"length": 6, "letters": False}),
        ("reverse_code", None),
    ],
)
def test_a_check_says_what_its_answer_looks_like(site: Site, kind: str, code: dict[str, object] | None) -> None:
    """Invariant 1: no desktop guesses what may be typed."""
    caller = site.sign_in(site.world.person())
    case = caller.open_case(site.world.customer(codes=True).account.customer_number)
    option = next(method["option"] for method in case["methods"] if method["method"] == kind)
    started = caller.post(f"/cases/{case['id']}/checks", {"option": option}).json()
    assert [check["code"] for check in started["checks"]] == [code]


@pytest.mark.parametrize(("role", "code"), [("agent", None), ("outsourced_agent", "may_not")])
def test_the_card_says_what_is_not_shown_in_clear(site: Site, role: str, code: str | None) -> None:
    """Invariant 1: nobody types a reason for the record and hears only then that it was no use."""
    caller = site.sign_in(site.world.person(role))
    case = caller.open_case(site.world.customer().account.customer_number)
    answer = caller.post(f"/cases/{case['id']}/reveal", {"field": "name", "reason": "They spelt it"}).json()
    assert [why["code"] for why in case["reveal_why_not"]] == ([] if code is None else [code])
    assert [why["code"] for why in answer.get("reasons", [])] == ([] if code is None else [code])


@pytest.mark.parametrize(("role", "code"), [("agent", None), ("auditor", "may_not"), ("administrator", "may_not")])
def test_the_session_says_who_opens_no_case(site: Site, role: str, code: str | None) -> None:
    """Invariant 1."""
    caller = site.sign_in(site.world.person(role))
    session = caller.get("/sessions/current").json()
    answer = caller.post("/cases", {"channel": "phone", "reference": "T-1042"}).json()
    assert [why["code"] for why in session["open_why_not"]] == ([] if code is None else [code])
    assert [why["code"] for why in answer.get("reasons", [])] == ([] if code is None else [code])


def test_words_are_kept_whole_or_refused(site: Site) -> None:
    """What was typed is what the log commits to: nothing is cut off in silence."""
    caller = site.sign_in(site.world.person())
    longest = "T-" + "1" * (LONGEST_REFERENCE - 2)
    case = caller.post("/cases", {"channel": "phone", "reference": longest}).json()
    assert case["reference"] == longest
    too_long = caller.post("/cases", {"channel": "phone", "reference": longest + "1"})
    assert (too_long.status_code, too_long.json()["code"]) == (422, "invalid")
    notes = f"/cases/{case['id']}/notes"
    assert caller.post(notes, {"text": "x" * LONGEST_TEXT}).status_code == 200
    assert caller.post(notes, {"text": "x" * (LONGEST_TEXT + 1)}).status_code == 422
    with site.world.storage.reading() as work:
        kept = work.connection.execute(tables.notes.select()).one()
        assert len(work.notes.get(kept.id).text) == LONGEST_TEXT


ASKS: dict[str, object] = {
    "Open a case": {"channel": "phone", "reference": "T-1042"},
    "Find the account of a case": {"query": "somebody"},
    "Show one field in clear": {"field": "name", "reason": "They spelt it"},
    "Start a check": {"option": "totp"},
    "Give what the caller read out": {"code": "482913"},
    "Run a recovery action": {"option": "unlock", "version": 1},
    "Add a note": {"text": "They called again."},
    "End a case": {"version": 1},
    "Give another role": {"role": "agent", "instead_of": "auditor"},
}


@pytest.mark.parametrize("route", [route for route in ROUTES if route.changes], ids=lambda route: route.summary)
def test_a_change_without_a_key_is_refused(site: Site, route: Route[Any, Any]) -> None:
    caller = site.sign_in(site.world.person())
    path = f"/v1{route.path}".format(case_id="case_1", check_id="chk_1", staff_id="stf_1")
    answer = site.request(route.method, path, headers=caller.headers, json=ASKS.get(route.summary))
    assert (answer.status_code, answer.json()["code"]) == (400, "key_missing")


def test_the_same_key_gives_the_first_answer(site: Site) -> None:
    caller = site.sign_in(site.world.person())
    ask = {"channel": "phone", "reference": "T-1042"}
    first = caller.post("/cases", ask, key="the-same-key")
    again = caller.post("/cases", ask, key="the-same-key")
    assert first.content == again.content
    assert len(caller.get("/cases").json()["cases"]) == 1


def test_the_same_key_with_another_request_is_refused(site: Site) -> None:
    caller = site.sign_in(site.world.person())
    caller.post("/cases", {"channel": "phone", "reference": "T-1042"}, key="the-same-key")
    other = caller.post("/cases", {"channel": "phone", "reference": "T-2000"}, key="the-same-key")
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


def test_a_key_is_its_owners_alone(site: Site) -> None:
    """Two agents who happen to choose the same key get their own answers."""
    ada, ben = (site.sign_in(site.world.person()) for _ in range(2))
    ask = {"channel": "phone", "reference": "T-1042"}
    cases = {one.post("/cases", ask, key="the-same-key").json()["id"] for one in (ada, ben)}
    assert len(cases) == 2


def test_another_agents_case_looks_like_none(site: Site) -> None:
    """A-33: an object that is not yours is not there."""
    ada, ben = (site.sign_in(site.world.person()) for _ in range(2))
    case = ada.open_case()
    assert ben.get(f"/cases/{case['id']}").json() == ben.get("/cases/case_none").json()
    assert ben.post(f"/cases/{case['id']}/lookup", {"query": "amara"}).status_code == 404


def test_a_supervisors_look_at_a_case_is_on_record(site: Site) -> None:
    """Invariant 2: reads are audited."""
    case = site.sign_in(site.world.person()).open_case()
    supervisor = site.sign_in(site.world.person("supervisor"))
    assert supervisor.get(f"/cases/{case['id']}").status_code == 200
    assert "case.read" in site.world.events()


def test_a_stale_decision_is_refused(site: Site) -> None:
    """C-TA-06: what the agent saw is not what is there any more."""
    who = site.world.customer()
    caller = site.sign_in(site.world.person())
    case = caller.open_case(who.account.customer_number)
    ask = {"option": "freeze", "version": case["version"] - 1, "reason": "The caller is not the owner."}
    answer = caller.post(f"/cases/{case['id']}/actions", ask)
    assert (answer.status_code, answer.json()["code"]) == (409, "stale")


@pytest.mark.parametrize("version", [0, -1, 2**63, 10**30])
def test_a_case_is_closed_as_it_was_seen_or_not_at_all(site: Site, version: int) -> None:
    """C-TA-06; and a version that no database could hold is as old as any other that is not the newest."""
    caller = site.sign_in(site.world.person())
    case = caller.open_case()
    answer = caller.post(f"/cases/{case['id']}/close", {"version": version})
    assert (answer.status_code, answer.json()["code"]) == (409, "stale")
    assert caller.post(f"/cases/{case['id']}/close", {"version": case["version"]}).status_code == 200


def test_a_role_is_given_to_somebody_as_they_were_seen_or_not_at_all(site: Site) -> None:
    """C-TA-06: two administrators at once end in one winner. Whoever fails to sign in keeps none from being changed."""
    administrator = site.sign_in(site.world.person("administrator"))
    who = site.world.person().staff
    role = f"/staff/{who.id}/role"
    site.request("POST", "/v1/sessions", json={"login": who.login, "password": "a wrong one", "code": "000000"})
    stale = administrator.post(role, {"role": "auditor", "instead_of": "supervisor"})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    given = administrator.post(role, {"role": "auditor", "instead_of": who.role})
    assert given.json()["role"] == "auditor"


def test_a_refusal_is_on_record(site: Site) -> None:
    """A-56: what somebody tried and may not do."""
    who = site.world.customer()
    caller = site.sign_in(site.world.person())
    case = caller.open_case(who.account.customer_number)
    answer = caller.post(f"/cases/{case['id']}/actions", {"option": "reset_link", "version": case["version"]})
    assert answer.status_code == 409
    assert "staff.refused" in site.world.events()


def test_too_large_a_request_is_refused_unread(site: Site) -> None:
    caller = site.sign_in(site.world.person())
    answer = caller.post("/cases", {"channel": "phone", "reference": "T" * 100_000})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.logs_warning("reference")
def test_a_bug_gives_a_number_and_nothing_else(site: Site) -> None:
    """A-58: the trace is in the log, under the number that the person can say."""

    @site.app.get("/bug")
    def bug() -> None:
        raise ZeroDivisionError("a secret value")

    answer = site.request("GET", "/bug")
    assert (answer.status_code, answer.json()["code"]) == (500, "broken")
    assert answer.json()["reference"]
    assert "secret" not in answer.text
