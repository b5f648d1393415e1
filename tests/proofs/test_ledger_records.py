"""Evidence, references and claims check their fields."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from proofs.ledger_samples import FAILS, answer, claim, evidence
from superposition_proofs.ledger import Claim, ClaimKind, Evidence, Level, Reference, Status
from superposition_theory.errors import InputError

WRITTEN = Reference(Status.written, "By hand.", uses=("b", "a"))


def test_claim_collects_its_evidence() -> None:
    first = evidence("first", uses=("a", "c"))
    second = evidence("second")
    record = claim("some-claim", first, WRITTEN, second)
    assert record.uses == ("a", "c", "b")
    assert record.executable == (first, second)
    assert record.references == (WRITTEN,)


def test_evidence_has_its_own_near_misses() -> None:
    near_misses = {"near": FAILS}
    record = evidence(near_misses=near_misses)
    near_misses.clear()
    assert dict(record.near_misses) == {"near": FAILS}
    assert (record.uses, record.level, record.against) == ((), Level.quick, False)


def test_reference_as_dict() -> None:
    assert WRITTEN.to_dict() == {
        "kind": "written",
        "text": "By hand.",
        "source": "",
        "uses": ["b", "a"],
    }


@pytest.mark.parametrize("kind", ["formal", "proved", "certified", "checked", "supported"])
def test_kinds_of_evidence(kind: str) -> None:
    assert evidence(kind=Status(kind)).kind is Status(kind)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": ""}, r"Evidence.name must be a non-empty string, got ''"),
        ({"name": "a\nb"}, r"Evidence.name must be a single line"),
        ({"kind": Status.written}, r"Evidence.kind of the evidence 'e' must be one of Status.for"),
        ({"kind": Status.open}, r"Evidence.kind .* Status.supported, got <Status.open"),
        ({"kind": "checked"}, r"Evidence.kind .* got 'checked'"),
        ({"check": 3}, r"Evidence.check of the evidence 'e' must be callable, got 3"),
        ({"near_misses": {}}, r"Evidence.near_misses .* at least one near miss, got {}"),
        ({"near_misses": [FAILS]}, r"Evidence.near_misses of the evidence 'e' must be a mapping"),
        ({"near_misses": {"": FAILS}}, r"a name in Evidence.near_misses .* non-empty string"),
        ({"uses": "a"}, r"Evidence.uses of the evidence 'e' must be a tuple of claim ids, got 'a'"),
        ({"uses": ["a"]}, r"Evidence.uses .* must be a tuple of claim ids"),
        ({"uses": (1,)}, r"Evidence.uses .* must be a tuple of claim ids"),
        ({"uses": ("A b",)}, r"Evidence.uses .* holds 'A b', which is not a claim id"),
        ({"uses": ("a", "a")}, r"Evidence.uses .* names a claim twice"),
        ({"level": "full"}, r"Evidence.level .* must be one of Level.quick, Level.full"),
        ({"against": 1}, r"Evidence.against of the evidence 'e' must be a bool, got 1"),
        ({"description": None}, r"Evidence.description .* must be a str, got None"),
    ],
    ids=lambda value: str(value)[:30] if isinstance(value, dict) else "",
)
def test_bad_evidence(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        evidence(**fields)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"kind": Status.proved}, r"Reference.kind must be one of Status.written, Status.cited"),
        ({"text": 1}, r"Reference.text must be a str, got 1"),
        ({"source": 1}, r"Reference.source must be a str, got 1"),
        ({"text": " "}, r"Reference.text and Reference.source are both empty"),
        ({"uses": ["a"]}, r"Reference.uses must be a tuple of claim ids"),
    ],
)
def test_bad_references(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Reference(**{"kind": Status.cited, "text": "text", **fields})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"id": "Capacity"}, r"Claim.id must be lower-case .* got 'Capacity'"),
        ({"id": "a--b"}, r"Claim.id .* got 'a--b'"),
        ({"id": "-a"}, r"Claim.id .* got '-a'"),
        ({"id": "a-"}, r"Claim.id .* got 'a-'"),
        ({"id": "a b"}, r"Claim.id .* got 'a b'"),
        ({"id": "a\n"}, r"Claim.id .* got 'a\\n'"),
        ({"id": ""}, r"Claim.id .* got ''"),
        ({"id": 3}, r"Claim.id must be a str, got 3"),
        ({"title": ""}, r"Claim.title of the claim 'c' must be a non-empty string"),
        ({"title": "two\nlines"}, r"Claim.title of the claim 'c' must be a single line"),
        ({"statement": ""}, r"Claim.statement of the claim 'c' must be a non-empty string"),
        ({"hypotheses": "h"}, r"Claim.hypotheses of the claim 'c' must be a tuple, got 'h'"),
        ({"hypotheses": ("",)}, r"a member of Claim.hypotheses of the claim 'c'"),
        ({"source": ""}, r"Claim.source of the claim 'c' must be a non-empty string"),
        ({"kind": "theorem"}, r"Claim.kind .* must be one of ClaimKind.theorem, ClaimKind.con"),
        ({"evidence": [WRITTEN]}, r"Claim.evidence of the claim 'c' must be a tuple"),
        ({"evidence": (answer,)}, r"Claim.evidence .* must hold Evidence and Reference only"),
        (
            {"evidence": (evidence("twin"), evidence("twin"))},
            r"Claim.evidence of the claim 'c' has two evidences named 'twin'",
        ),
    ],
    ids=lambda value: str(value)[:30] if isinstance(value, dict) else "",
)
def test_bad_claims(fields: dict[str, Any], message: str) -> None:
    good: dict[str, Any] = {
        "id": "c",
        "title": "title",
        "statement": "$x$",
        "hypotheses": ("$h$",),
        "source": "ours",
        "kind": ClaimKind.theorem,
        "evidence": (),
    }
    assert Claim(**good).evidence == ()
    with pytest.raises(InputError, match=message):
        Claim(**{**good, **fields})


@pytest.mark.parametrize(
    "record",
    [evidence(), claim("c"), WRITTEN, FAILS],
    ids=lambda record: type(record).__name__,
)
def test_records_are_frozen(record: object) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.kind = Status.formal  # type: ignore[attr-defined]


def test_claims_and_evidence_are_compared_by_identity_whatever_the_subject() -> None:
    first, second = evidence(subject=np.zeros(2)), evidence(subject=np.zeros(2))
    assert first != second
    assert len({first, second, claim("c", first), claim("c", first)}) == 4


def test_subject_and_check_are_typed_together() -> None:
    record = Evidence("e", Status.checked, answer, FAILS, {"near": FAILS})
    assert record.subject is FAILS
