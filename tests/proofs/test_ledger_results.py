"""Results, verdicts and reports as data."""

import dataclasses
import json
import math
from typing import Any

import pytest
from proofs.ledger_samples import FAILS, HOLDS, UNDECIDED
from superposition_proofs.ledger import (
    ClaimKind,
    EvidenceResult,
    Level,
    Outcome,
    Reference,
    Report,
    Status,
    Verdict,
)
from superposition_theory.errors import InputError

RESULT = EvidenceResult("c", "e", Status.proved, HOLDS, {"near": FAILS}, 0.25, "key")
VERDICT = Verdict(
    id="c",
    title="Title",
    kind=ClaimKind.theorem,
    status=Status.checked,
    modulo=("a", "b"),
    reason="holds",
    margin=0.5,
    witness=[1],
    decided_by="e",
    cases=10,
    effective=8,
    seconds=0.25,
    seed=3,
    level=Level.full,
    results=(RESULT,),
    not_run=("later",),
    references=(Reference(Status.cited, source="paper"),),
    errors=(),
)


def result(**fields: Any) -> EvidenceResult:
    return dataclasses.replace(RESULT, **fields)


def verdict(**fields: Any) -> Verdict:
    return dataclasses.replace(VERDICT, **fields)


def report(*verdicts: Verdict) -> Report:
    return Report(verdicts, {"python": "3"}, Level.full, 3, 1.5)


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({}, ()),
        ({"outcome": FAILS}, ()),
        ({"outcome": UNDECIDED}, ()),
        ({"outcome": None, "error": "boom"}, ("boom",)),
        ({"error": "boom"}, ("boom",)),
        (
            {"outcome": Outcome(True, "x", cases=4, effective=0)},
            ("vacuous: none of 4 cases met the hypotheses",),
        ),
        ({"controls": {"a": FAILS, "b": HOLDS}}, ("control passed: b",)),
        ({"controls": {"a": UNDECIDED}}, ("control inconclusive: a",)),
        ({"controls": {"a": Outcome(False, "x", effective=0)}}, ("control vacuous: a",)),
        (
            {"controls": {"a": Outcome(True, "x", effective=0)}},
            ("control vacuous: a", "control passed: a"),
        ),
    ],
)
def test_errors_of_a_result(fields: dict[str, Any], errors: tuple[str, ...]) -> None:
    assert result(**fields).errors == errors


def test_a_result_has_an_outcome_or_an_error() -> None:
    with pytest.raises(InputError, match=r"EvidenceResult.outcome is None"):
        result(outcome=None)


@pytest.mark.parametrize(
    "original",
    [RESULT, result(outcome=None, error="boom", controls={}), result(kind=Status.supported)],
)
def test_result_is_read_back_as_it_was(original: EvidenceResult) -> None:
    text = json.dumps(original.to_dict(), allow_nan=False)
    read = EvidenceResult.from_dict(json.loads(text))
    assert read == original
    assert read.seconds == original.seconds


def test_time_is_no_part_of_equality() -> None:
    assert result(seconds=9.0) == RESULT
    assert verdict(seconds=9.0) == VERDICT
    assert dataclasses.replace(report(VERDICT), seconds=9.0) == report(VERDICT)
    assert result(key="other") != RESULT


def test_label() -> None:
    assert VERDICT.label == "checked, modulo a, b"
    assert verdict(modulo=()).label == "checked"


def test_verdict_as_dict() -> None:
    data = VERDICT.to_dict()
    assert data == {
        "id": "c",
        "title": "Title",
        "kind": "theorem",
        "status": "checked",
        "modulo": ["a", "b"],
        "reason": "holds",
        "margin": 0.5,
        "witness": [1],
        "decided_by": "e",
        "cases": 10,
        "effective": 8,
        "seconds": 0.25,
        "seed": 3,
        "level": "full",
        "evidence": [RESULT.to_dict()],
        "not_run": ["later"],
        "references": [{"kind": "cited", "text": "", "source": "paper", "uses": []}],
        "reproduce": "superposition verify c --level full --seed 3",
        "errors": [],
    }
    assert RESULT.to_dict() == {
        "claim": "c",
        "evidence": "e",
        "kind": "proved",
        "outcome": HOLDS.to_dict(),
        "controls": {"near": FAILS.to_dict()},
        "seconds": 0.25,
        "key": "key",
        "error": None,
    }


@pytest.mark.parametrize(
    ("fields", "exit_code"),
    [
        ({}, 0),
        # a theorem must be upheld
        ({"status": Status.supported}, 0),
        ({"status": Status.refuted}, 1),
        ({"status": Status.inconclusive}, 1),
        ({"status": Status.open, "not_run": ()}, 1),
        ({"status": Status.open}, 0),  # evidence was left to the full level
        # a conjecture and folklore need not
        ({"status": Status.refuted, "kind": ClaimKind.conjecture}, 0),
        ({"status": Status.open, "kind": ClaimKind.conjecture}, 0),
        ({"status": Status.inconclusive, "kind": ClaimKind.folklore}, 0),
        ({"status": Status.refuted, "kind": ClaimKind.folklore}, 0),
        # an error of the ledger, whatever the kind
        ({"errors": ("e: vacuous",), "kind": ClaimKind.conjecture}, 1),
        ({"errors": ("e: control passed: near",)}, 1),
    ],
)
def test_exit_code(fields: dict[str, Any], exit_code: int) -> None:
    assert report(verdict(id="first"), verdict(**fields)).exit_code == exit_code


def test_summary() -> None:
    passing = result(controls={"near": HOLDS, "far": FAILS})
    data = report(
        verdict(id="t", status=Status.open, not_run=()),
        verdict(id="u", status=Status.open, kind=ClaimKind.conjecture),
        verdict(id="v", results=(RESULT, passing), errors=("e: control passed: near",)),
    ).to_dict()
    assert {key: data[key] for key in data if key not in ("claims", "summary")} == {
        "schema": "superposition.verify",
        "version": 1,
        "level": "full",
        "seed": 3,
        "seconds": 1.5,
        "exit_code": 1,
        "environment": {"python": "3"},
    }
    assert data["summary"] == {
        "statuses": {
            "formal": 0,
            "proved": 0,
            "certified": 0,
            "checked": 1,
            "written": 0,
            "cited": 0,
            "supported": 0,
            "refuted": 0,
            "inconclusive": 0,
            "open": 2,
        },
        "theorems_not_upheld": ["t"],
        "controls_passed": ["v: e: near"],
        "errors": ["v: e: control passed: near"],
    }


def test_report_is_strict_json() -> None:
    hostile = Outcome(
        True,
        'quotes " and \ud800 and \n',
        margin=math.inf,
        witness=[math.nan, {"x": -math.inf}],
        details={"": math.inf},
    )
    hostile_result = result(outcome=hostile, seconds=math.inf)
    text = json.dumps(report(verdict(results=(hostile_result,))).to_dict(), allow_nan=False)
    read = json.loads(text)["claims"][0]["evidence"][0]
    assert read["outcome"]["witness"] == [None, {"x": None}]
    assert read["seconds"] is None


def test_statuses() -> None:
    assert report(verdict(id="x"), verdict(id="y", status=Status.open)).statuses == {
        "x": Status.checked,
        "y": Status.open,
    }


def test_what_waits_for_the_full_level_is_not_a_failure() -> None:
    waits = verdict(id="lemma", status=Status.open, not_run=("search",))
    by_lemma = Reference(Status.written, "By the lemma.", uses=("lemma",))
    above = verdict(id="theorem", status=Status.open, references=(by_lemma,), not_run=())
    by_theorem = Reference(Status.written, "By the theorem.", uses=("theorem",))
    top = verdict(id="corollary", status=Status.open, references=(by_theorem,), not_run=())
    assert report(top, above, waits).deferred == ("corollary", "theorem", "lemma")
    assert report(top, above, waits).exit_code == 0
    # nothing was left out, or what was left out is not what is missing
    refused = verdict(id="lemma", status=Status.open, not_run=())
    assert report(refused, above).theorems_not_upheld == ("lemma", "theorem")
    assert report(verdict(status=Status.refuted, not_run=("search",))).exit_code == 1
