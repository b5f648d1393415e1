"""Every rule by which a status is computed."""

from typing import Any

import pytest
from proofs.ledger_samples import (
    FAILS,
    HOLDS,
    UNDECIDED,
    VACUOUS,
    claim,
    evidence,
)
from superposition_proofs.ledger import (
    Claim,
    EvidenceResult,
    Level,
    Outcome,
    Reference,
    Status,
    Verdict,
    judge,
)

USED = {
    "formal-one": Status.formal,
    "proved-one": Status.proved,
    "checked-one": Status.checked,
    "written-one": Status.written,
    "cited-one": Status.cited,
    "supported-one": Status.supported,
    "refuted-one": Status.refuted,
    "inconclusive-one": Status.inconclusive,
    "open-one": Status.open,
}


def make(name: str, subject: object, kind: str, *uses: str, **fields: Any) -> Any:
    return evidence(name, subject, kind=Status(kind), uses=uses, **fields)


def prose(kind: str, *uses: str) -> Reference:
    return Reference(Status(kind), f"a {kind} text", uses=uses)


def against(name: str, subject: object, *uses: str) -> Any:
    return evidence(name, subject, kind=Status.checked, uses=uses, against=True)


def result_of(item: Any, controls: dict[str, Outcome] | None = None) -> EvidenceResult:
    crashed = not isinstance(item.subject, Outcome)
    return EvidenceResult(
        "c",
        item.name,
        item.kind,
        None if crashed else item.subject,
        {"near": FAILS} if controls is None else controls,
        0.25,
        "key",
        "crashed" if crashed else None,
    )


def verdict_of(record: Claim, *left_out: str, **fields: Any) -> Verdict:
    ran = {item.name: result_of(item) for item in record.executable if item.name not in left_out}
    return judge(record, {**ran, **fields}, USED, level=Level.quick, seed=7)


@pytest.mark.parametrize(
    ("items", "status", "modulo", "decided_by"),
    [
        # one evidence that holds gives its own kind
        ([make("e", HOLDS, "formal")], "formal", (), "e"),
        ([make("e", HOLDS, "proved")], "proved", (), "e"),
        ([make("e", HOLDS, "certified")], "certified", (), "e"),
        ([make("e", HOLDS, "checked")], "checked", (), "e"),
        ([make("e", HOLDS, "supported")], "supported", (), "e"),
        # a reference gives its kind without being run
        ([prose("written")], "written", (), None),
        ([prose("cited")], "cited", (), None),
        # the best one counts, wherever it stands
        ([make("a", HOLDS, "checked"), make("b", HOLDS, "proved")], "proved", (), "b"),
        ([make("a", HOLDS, "proved"), make("b", HOLDS, "checked")], "proved", (), "a"),
        ([make("a", HOLDS, "supported"), prose("cited")], "cited", (), None),
        ([make("a", HOLDS, "checked"), prose("written")], "checked", (), "a"),
        # on a tie the first
        ([prose("written"), prose("cited")], "written", (), None),
        ([prose("cited"), prose("written")], "cited", (), None),
        # what is used and stronger, or as strong, does not weaken
        ([make("e", HOLDS, "checked", "proved-one", "checked-one")], "checked", (), "e"),
        ([prose("written", "cited-one")], "written", (), None),
        # what is used and weaker gives its status, and all weaker ones are named
        ([make("e", HOLDS, "proved", "checked-one")], "checked", ("checked-one",), "e"),
        (
            [make("e", HOLDS, "formal", "formal-one", "proved-one", "supported-one")],
            "supported",
            ("proved-one", "supported-one"),
            "e",
        ),
        ([make("e", HOLDS, "proved", "cited-one")], "cited", ("cited-one",), "e"),
        ([prose("written", "supported-one")], "supported", ("supported-one",), None),
        # a strong evidence weakened by what it uses loses against a weaker one on its own feet
        (
            [make("a", HOLDS, "proved", "supported-one"), make("b", HOLDS, "checked")],
            "checked",
            (),
            "b",
        ),
        # on a tie the one modulo fewer claims
        (
            [make("a", HOLDS, "proved", "checked-one"), make("b", HOLDS, "checked")],
            "checked",
            (),
            "b",
        ),
        # what uses a claim that is not upheld gives nothing
        ([make("e", HOLDS, "proved", "open-one")], "open", (), None),
        ([make("e", HOLDS, "proved", "refuted-one", "proved-one")], "open", (), None),
        ([make("e", HOLDS, "proved", "inconclusive-one")], "open", (), None),
        ([make("e", FAILS, "proved", "open-one")], "open", (), None),
        ([against("e", HOLDS, "open-one")], "open", (), None),
        ([prose("cited", "refuted-one")], "open", (), None),
        (
            [make("a", HOLDS, "proved", "open-one"), make("b", HOLDS, "supported")],
            "supported",
            (),
            "b",
        ),
        # evidence that fails refutes, whatever its kind; so does a witness against
        ([make("e", FAILS, "supported")], "refuted", (), "e"),
        ([make("e", FAILS, "proved", "checked-one")], "refuted", (), "e"),
        ([against("e", HOLDS)], "refuted", (), "e"),
        # the strongest refutation is shown
        ([make("a", FAILS, "supported"), make("b", FAILS, "checked")], "refuted", (), "b"),
        ([make("a", FAILS, "checked"), make("b", FAILS, "supported")], "refuted", (), "a"),
        # a witness against that does not hold says nothing
        ([against("e", FAILS)], "open", (), None),
        ([against("a", FAILS), make("b", HOLDS, "checked")], "checked", (), "b"),
        # undecided
        ([make("e", UNDECIDED, "proved")], "inconclusive", (), "e"),
        ([against("e", UNDECIDED)], "inconclusive", (), "e"),
        ([make("a", UNDECIDED, "proved"), prose("cited")], "cited", (), None),
        ([make("a", UNDECIDED, "proved"), make("b", FAILS, "checked")], "refuted", (), "b"),
        ([against("a", FAILS), make("b", UNDECIDED, "checked")], "inconclusive", (), "b"),
        # evidence with an error decides nothing
        ([make("e", VACUOUS, "proved")], "inconclusive", (), None),
        ([make("e", ValueError(), "proved")], "inconclusive", (), None),
        ([make("a", VACUOUS, "proved"), make("b", HOLDS, "checked")], "checked", (), "b"),
        # nothing at all
        ([], "open", (), None),
    ],
)
def test_rules(
    items: list[Any], status: str, modulo: tuple[str, ...], decided_by: str | None
) -> None:
    verdict = verdict_of(claim("c", *items))
    assert (verdict.status, verdict.modulo, verdict.decided_by) == (status, modulo, decided_by)


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ([make("e", HOLDS, "proved")], "holds"),
        ([make("e", FAILS, "proved")], "fails"),
        ([make("e", UNDECIDED, "proved")], "undecided"),
        ([prose("cited")], "a cited text"),
        ([Reference(Status.cited, "text", "source")], "source"),
        ([], "no evidence"),
        (
            [make("e", HOLDS, "proved", "proved-one", "open-one", "refuted-one")],
            "e uses what is not upheld: open-one (open), refuted-one (refuted)",
        ),
        (
            [prose("written", "open-one")],
            "the written proof uses what is not upheld: open-one (open)",
        ),
        ([against("e", FAILS)], "e: the witness does not refute: fails"),
        ([make("e", ValueError(), "proved")], "e: crashed"),
        (
            [make("e", VACUOUS, "proved")],
            "e: vacuous: none of 10 cases met the hypotheses",
        ),
    ],
)
def test_reasons(items: list[Any], reason: str) -> None:
    assert verdict_of(claim("c", *items)).reason == reason


def test_verdict_takes_margin_and_witness_of_the_deciding_evidence_and_sums_the_cases() -> None:
    strong = Outcome(True, "strong", margin=0.125, cases=3, effective=2, witness="w")
    record = claim(
        "c",
        make("weak", HOLDS, "supported"),
        make("strong", strong, "proved"),
        make("crash", ValueError(), "checked"),
    )
    verdict = verdict_of(record)
    assert (verdict.margin, verdict.witness) == (0.125, "w")
    assert (verdict.cases, verdict.effective, verdict.seconds) == (13, 10, 0.75)
    assert (verdict.seed, verdict.level, verdict.id, verdict.title) == (
        7,
        Level.quick,
        "c",
        "A title",
    )
    assert [result.evidence for result in verdict.results] == ["weak", "strong", "crash"]
    assert verdict.errors == ("crash: crashed",)


def test_refutation_shows_its_witness() -> None:
    verdict = verdict_of(claim("c", make("e", FAILS, "checked")))
    assert (verdict.witness, verdict.margin) == ([1, 2], -0.5)
    assert verdict.errors == ()


@pytest.mark.parametrize(
    ("items", "error"),
    [
        (
            [make("a", HOLDS, "checked"), make("b", FAILS, "supported")],
            "evidences disagree: a for the claim, b against it",
        ),
        (
            [make("a", HOLDS, "checked"), against("b", HOLDS), make("d", HOLDS, "proved")],
            "evidences disagree: a, d for the claim, b against it",
        ),
        (
            [prose("cited"), against("b", HOLDS)],
            "evidences disagree: a reference (cited) for the claim, b against it",
        ),
    ],
)
def test_disagreement_is_an_error(items: list[Any], error: str) -> None:
    verdict = verdict_of(claim("c", *items))
    assert verdict.errors == (error,)
    assert (verdict.status, verdict.decided_by) == ("refuted", "b")


def test_no_disagreement_with_evidence_that_gives_nothing() -> None:
    record = claim("c", make("a", HOLDS, "proved", "open-one"), make("b", FAILS, "checked"))
    verdict = verdict_of(record)
    assert (verdict.status, verdict.errors) == ("refuted", ())


@pytest.mark.parametrize(
    ("control", "error"),
    [
        (HOLDS, "e: control passed: near"),
        (UNDECIDED, "e: control inconclusive: near"),
        (Outcome(False, "x", effective=0), "e: control vacuous: near"),
    ],
)
@pytest.mark.parametrize("subject", [HOLDS, FAILS])
def test_evidence_whose_control_is_not_rejected_decides_nothing(
    subject: Outcome, control: Outcome, error: str
) -> None:
    item = make("e", subject, "proved")
    verdict = verdict_of(claim("c", item), e=result_of(item, {"near": control}))
    assert (verdict.status, verdict.errors) == ("inconclusive", (error,))
    assert verdict.controls_passed == (("e: near",) if control is HOLDS else ())


def test_evidence_of_a_higher_level_is_named() -> None:
    record = claim("c", make("a", HOLDS, "proved"), make("b", HOLDS, "checked"))
    verdict = verdict_of(record, "a", "b")
    assert (verdict.status, verdict.not_run) == ("open", ("a", "b"))
    assert verdict.reason == "no evidence at level quick; a, b not run"
    assert verdict_of(record, "a").status == "checked"
    assert verdict_of(record, "a").not_run == ("a",)
