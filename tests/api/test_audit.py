"""The audit log over HTTP: hashes for every desktop, entries for those who may read them, and proofs that hold."""

from base64 import b64decode

import pytest

from services.domain.audit.signing import verify_ed25519
from services.domain.audit.tiles import decode_bundle, decode_tile
from services.domain.audit.tlog_proof import parse_proof, verify_proof
from services.proofs import VerifierKey, leaf_hash, open_checkpoint, verify_inclusion
from services.vocabulary import Event
from tests.support.http import Caller, Site

ENTRIES = ("/audit/entries?first=0&count=9", "/audit/inclusion?index=0&size=1", "/audit/log/proof/0")


@pytest.fixture
def agent(site: Site) -> Caller:
    """An agent, who may not read the log."""
    return site.sign_in(site.world.person())


@pytest.fixture
def auditor(site: Site) -> Caller:
    """An auditor, in a log with a few more entries."""
    caller = site.sign_in(site.world.person("auditor", name="Otto Demo"))
    site.world.parts.audit.integrate()
    return caller


def _key(site: Site) -> VerifierKey:
    return site.world.parts.audit.key


def _size(site: Site) -> int:
    return open_checkpoint(site.world.parts.audit.newest().note, _key(site), verify_ed25519).size


@pytest.mark.parametrize("path", [*ENTRIES, "/audit/log/tile/entries/000.p/1"])
def test_entries_are_not_for_everybody(agent: Caller, path: str) -> None:
    """A-22: it is the server that says so, and who tried is on record (A-56)."""
    answer = agent.get(path)
    assert (answer.status_code, answer.json()["code"]) == (409, "refused")
    assert agent.site.world.events()[-1] == Event.REFUSED


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/000.p/1", "tile/entries/000.p/1", "proof/0"])
def test_no_file_of_the_log_is_for_strangers(site: Site, path: str) -> None:
    assert site.request("GET", f"/v1/audit/log/{path}").status_code == 401


@pytest.mark.parametrize("path", ENTRIES)
def test_who_reads_entries_is_in_the_log(site: Site, auditor: Caller, path: str) -> None:
    """C-LOG-05."""
    assert auditor.get(path).status_code == 200
    assert site.world.events()[-1] == Event.AUDIT_READ


def test_the_page_of_entries_is_what_was_signed(site: Site, auditor: Caller) -> None:
    page = auditor.get("/audit/entries?first=0&count=500").json()
    assert [line["index"] for line in page["entries"]] == list(range(page["size"]))
    for line in page["entries"]:
        proof = auditor.get(f"/audit/inclusion?index={line['index']}&size={page['size']}").json()
        checkpoint = open_checkpoint(site.world.parts.audit.newest().note, _key(site), verify_ed25519)
        assert proof["entry"] == line["text"]
        verify_inclusion(
            leaf=leaf_hash(line["text"].encode()),
            index=line["index"],
            size=page["size"],
            proof=tuple(b64decode(one) for one in proof["hashes"]),
            root=checkpoint.root,
        )


def test_the_log_is_served_as_files(site: Site, agent: Caller, auditor: Caller) -> None:
    """L-06: a checkpoint as text, tiles of hashes for every desktop, bundles of entries for who may read them."""
    size = _size(site)
    checkpoint = agent.get("/audit/log/checkpoint")
    assert checkpoint.headers["content-type"] == "text/plain; charset=utf-8"
    assert open_checkpoint(checkpoint.text, _key(site), verify_ed25519).size == size
    tile, bundle = agent.get(f"/audit/log/tile/0/000.p/{size}"), auditor.get(f"/audit/log/tile/entries/000.p/{size}")
    assert {one.headers["content-type"] for one in (tile, bundle)} == {"application/octet-stream"}
    assert decode_tile(tile.content) == tuple(leaf_hash(entry) for entry in decode_bundle(bundle.content))
    assert site.world.events()[-1] == Event.AUDIT_READ


def test_a_proof_holds_without_the_service(site: Site, auditor: Caller) -> None:
    """L-07."""
    entry = auditor.get("/audit/entries?first=1&count=1").json()["entries"][0]
    proof = auditor.get("/audit/log/proof/1")
    checkpoint = verify_proof(parse_proof(proof.text), entry["text"].encode(), key=_key(site), verify=verify_ed25519)
    assert checkpoint.size == _size(site)


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/001",
        "tile/0/000",
        "tile/0/0",
        "tile/1/000.p/1",
        "tile/entries/999",
        "tile/x",
        "proof/999",
    ],
)
def test_what_the_log_does_not_have_is_missing(auditor: Caller, path: str) -> None:
    answer = auditor.get(f"/audit/log/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "missing")


@pytest.mark.parametrize("index", ["-1", "x", "1e3", "99999999999999999999999"])
def test_a_proof_of_nonsense_is_refused(auditor: Caller, index: str) -> None:
    assert auditor.get(f"/audit/log/proof/{index}").status_code in (404, 422)
