"""L-07: one file that proves an entry's inclusion offline."""

from dataclasses import replace
from typing import Any

import pytest

from services.domain.audit.merkle import inclusion_proof
from services.domain.audit.signing import verify_ed25519
from services.domain.audit.tlog_proof import InclusionProof, parse_proof, verify_proof
from services.proofs import BadProof, ProofError, leaf_hash, parse_vkey
from tests.domain.audit.logs import stored_tree
from tests.proofs.vectors import load

VECTORS = load("tlog/tlog_generated_vectors.json")
KEY = parse_vkey(VECTORS["vkey"])
WITNESS = parse_vkey(VECTORS["witness"]["vkey_type4"])
PROOF = next(case for case in VECTORS["tlog_proofs"] if case["size"] == 600)
TEXT: str = PROOF["tlog_proof"]
ENTRY: bytes = PROOF["entry_utf8"].encode()
ENTRIES = [f'{{"case":"C-{n // 3:04}","n":{n},"type":"recovery.test"}}'.encode() for n in range(600)]
_, READ = stored_tree([leaf_hash(entry) for entry in ENTRIES])


@pytest.mark.parametrize("case", VECTORS["tlog_proofs"], ids=lambda case: f"{case['index']} of {case['size']}")
def test_published_proofs(case: dict[str, Any]) -> None:
    proof = parse_proof(case["tlog_proof"])
    checkpoint = verify_proof(proof, case["entry_utf8"].encode(), key=KEY, verify=verify_ed25519)
    assert checkpoint.size == case["size"]
    assert str(proof) == case["tlog_proof"]


@pytest.mark.parametrize("case", VECTORS["tlog_proofs"], ids=lambda case: f"{case['index']} of {case['size']}")
def test_proofs_are_written_as_published(case: dict[str, Any]) -> None:
    index, size = case["index"], case["size"]
    note = VECTORS["checkpoints"][str(size)]
    proof = InclusionProof(index=index, hashes=inclusion_proof(index, size, READ), checkpoint=note)
    assert str(proof) == case["tlog_proof"]


def test_extra_data_is_carried_and_proves_nothing() -> None:
    proof = replace(parse_proof(TEXT), extra=b"anything")
    assert parse_proof(str(proof)) == proof
    assert str(proof).splitlines()[1] == "extra YW55dGhpbmc="
    verify_proof(proof, ENTRY, key=KEY, verify=verify_ed25519)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("@v1", "@v2", id="another version"),
        pytest.param("c2sp.org", "\nc2sp.org", id="a line before"),
        pytest.param("index ", "Index ", id="another word"),
        pytest.param("index ", "index  ", id="two spaces"),
        pytest.param("index ", "index 0", id="leading zero"),
        pytest.param("index ", "index -", id="negative"),
        pytest.param("index ", "index \u0661", id="digit of another script"),
        pytest.param("index ", "index 99999999999999999999", id="too large"),
        pytest.param("index ", "extra ?\nindex ", id="extra that is not base64"),
        pytest.param("index ", "extra AA==\nextra AA==\nindex ", id="extra twice"),
        pytest.param("\n\naudit", "\naudit", id="no empty line"),
        pytest.param("\n\naudit", "=\n\naudit", id="hash that is not base64"),
        pytest.param("\n\naudit", "\nAAAA\n\naudit", id="short hash"),
        pytest.param("\n\naudit", "\nAAAA" * 64 + "\n\naudit", id="too many hashes"),
        pytest.param("\n600\n", "\n601\n", id="another size"),
        pytest.param("\n\u2014 audit", "\n- audit", id="broken signature line"),
    ],
)
def test_malformed_proofs_are_refused(old: str, new: str) -> None:
    assert old in TEXT
    with pytest.raises(ProofError):
        verify_proof(parse_proof(TEXT.replace(old, new, 1)), ENTRY, key=KEY, verify=verify_ed25519)


def test_a_proof_is_no_longer_than_the_highest_tree() -> None:
    proof = parse_proof(TEXT)
    highest = replace(proof, hashes=(bytes(32),) * 63)
    assert parse_proof(str(highest)) == highest
    with pytest.raises(BadProof, match="at most 63"):
        parse_proof(str(replace(proof, hashes=(bytes(32),) * 64)))


def test_a_proof_is_for_its_entry_its_place_and_its_log() -> None:
    proof = parse_proof(TEXT)
    other = parse_vkey(VECTORS["witness"]["vkey_type4"])
    with pytest.raises(BadProof):
        verify_proof(proof, ENTRY + b" ", key=KEY, verify=verify_ed25519)
    with pytest.raises(BadProof):
        verify_proof(replace(proof, index=proof.index - 1), ENTRY, key=KEY, verify=verify_ed25519)
    with pytest.raises(ProofError):
        verify_proof(proof, ENTRY, key=other, verify=verify_ed25519)
    with pytest.raises(ProofError):
        verify_proof(proof, ENTRY, key=KEY, verify=lambda *_: False)


def test_a_quorum_of_witnesses_can_be_asked_for() -> None:
    """L-09: an unknown witness is no witness, and one witness is not two."""
    cosigned = TEXT + VECTORS["witness"]["cosignature_line_for_size_600"]

    def verify_with(text: str, quorum: int) -> None:
        verify_proof(parse_proof(text), ENTRY, key=KEY, verify=verify_ed25519, witnesses=[WITNESS], quorum=quorum)

    verify_with(TEXT, 0)
    verify_with(cosigned, 1)
    for text, quorum in ((TEXT, 1), (cosigned, 2)):
        with pytest.raises(ProofError):
            verify_with(text, quorum)
