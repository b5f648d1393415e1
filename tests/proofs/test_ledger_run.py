"""Running the evidence: statuses through the graph, errors, the store, progress."""

import functools
import itertools
import json
import sys
import time
import types
from pathlib import Path
from typing import Any

import pytest
from proofs.ledger_samples import (
    FAILS,
    HOLDS,
    REGISTRY,
    UNDECIDED,
    VACUOUS,
    answer,
    claim,
    crash,
    evidence,
)
from superposition_proofs.ledger import (
    ClaimKind,
    Context,
    Evidence,
    Level,
    Outcome,
    Progress,
    Registry,
    Report,
    ResultStore,
    Status,
    Verdict,
    fingerprint,
    result_key,
    verify,
)
from superposition_theory.errors import InputError


def only(report: Report) -> Verdict:
    (verdict,) = report.verdicts
    return verdict


def run_one(*items: Any, **arguments: Any) -> Verdict:
    return only(verify(Registry([claim("c", *items)]), **arguments))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "results.jsonl"


def test_a_chain_of_claims_each_modulo_the_next() -> None:
    registry = Registry(
        [
            claim("top", evidence(kind=Status.formal, uses=("middle",))),
            claim("middle", evidence(kind=Status.proved, uses=("bottom", "solid"))),
            claim("bottom", evidence(kind=Status.supported)),
            claim("solid", evidence(kind=Status.formal)),
        ]
    )
    report = verify(registry)
    assert [verdict.label for verdict in report.verdicts] == [
        "supported, modulo middle",
        "supported, modulo bottom",
        "supported",
        "formal",
    ]
    assert (report.exit_code, report.errors) == (0, ())


def test_a_refuted_link_leaves_nothing_above_it() -> None:
    registry = Registry(
        [
            claim("top", evidence(uses=("middle",))),
            claim("middle", evidence(uses=("bottom",))),
            claim("bottom", evidence(subject=FAILS), kind=ClaimKind.conjecture),
        ]
    )
    report = verify(registry)
    assert [str(verdict.status) for verdict in report.verdicts] == ["open", "open", "refuted"]
    assert report.theorems_not_upheld == ("top", "middle")
    assert report.exit_code == 1


@pytest.mark.parametrize(
    ("items", "kind", "status", "exit_code"),
    [
        ([evidence()], "theorem", "checked", 0),
        ([evidence(subject=FAILS)], "theorem", "refuted", 1),
        ([evidence(subject=FAILS)], "conjecture", "refuted", 0),
        ([evidence(against=True)], "folklore", "refuted", 0),
        ([evidence(subject=UNDECIDED)], "conjecture", "inconclusive", 0),
        ([evidence(subject=UNDECIDED)], "theorem", "inconclusive", 1),
        ([], "conjecture", "open", 0),
        ([], "theorem", "open", 1),
        # errors of the ledger count for every kind of claim
        ([evidence(subject=VACUOUS)], "conjecture", "inconclusive", 1),
        ([evidence(near_misses={"near": HOLDS})], "conjecture", "inconclusive", 1),
        ([evidence(near_misses={"near": UNDECIDED})], "conjecture", "inconclusive", 1),
        ([evidence(subject=OSError("disk"))], "conjecture", "inconclusive", 1),
        ([evidence(near_misses={"near": OSError("disk")})], "conjecture", "inconclusive", 1),
        ([evidence("a"), evidence("b", FAILS)], "conjecture", "refuted", 1),
        # an error beside good evidence is still an error
        ([evidence("a"), evidence("b", VACUOUS)], "theorem", "checked", 1),
    ],
)
def test_exit_codes(items: list[Any], kind: str, status: str, exit_code: int) -> None:
    report = verify(Registry([claim("c", *items, kind=ClaimKind(kind))]))
    assert (only(report).status, report.exit_code) == (status, exit_code)
    json.dumps(report.to_dict(), allow_nan=False)


def test_all_near_misses_are_run_by_the_same_check() -> None:
    near_misses = {"first": FAILS, "second": HOLDS, "third": UNDECIDED}
    (result,) = run_one(evidence(near_misses=near_misses)).results
    assert dict(result.controls) == near_misses
    assert result.outcome == HOLDS
    assert result.errors == ("control passed: second", "control inconclusive: third")


def test_a_crash_is_reported_with_its_place_and_the_others_go_on() -> None:
    registry = Registry(
        [
            claim(
                "c",
                Evidence("bad", Status.checked, crash, 0, {"near": -1}),
                Evidence("good", Status.supported, crash, 1, {"near": -1}),
            ),
            claim("d", evidence()),
        ]
    )
    report = verify(registry)
    bad, good = report.verdicts[0].results
    assert bad.outcome is None
    assert dict(bad.controls) == {}
    assert bad.error is not None
    assert bad.error.startswith("crashed on the subject: ZeroDivisionError: ")
    assert bad.error.endswith(" in crash)")
    assert "ledger_samples.py:" in bad.error
    assert (good.error, good.outcome) == (None, Outcome(True, "positive"))
    assert report.statuses == {"c": Status.supported, "d": Status.checked}
    assert report.errors == (f"c: bad: {bad.error}",)


def test_a_crash_on_a_control_keeps_what_was_found_before() -> None:
    near_misses = {"first": FAILS, "second": ValueError("two\nlines"), "third": FAILS}
    (result,) = run_one(evidence(near_misses=near_misses)).results
    assert (result.outcome, dict(result.controls)) == (HOLDS, {"first": FAILS})
    assert result.error is not None
    assert result.error.startswith("crashed on the control second: ValueError: two lines (")


def nested(depth: int, context: Context) -> Outcome:
    if depth == 0:
        raise LookupError("deep")
    return nested(depth - 1, context)


def test_of_a_deep_crash_the_last_three_frames_are_shown() -> None:
    (result,) = run_one(Evidence("e", Status.checked, nested, 9, {"near": 8})).results
    assert result.error is not None
    assert result.error.count(" in nested") == 3


def test_a_check_must_return_an_outcome() -> None:
    def careless(subject: int, context: Context) -> Any:
        return subject > 0 and context.seed == 0

    (result,) = run_one(Evidence("e", Status.checked, careless, 1, {"near": 0})).results
    assert result.error is not None
    assert "InputError: the check must return an Outcome, got True" in result.error


def test_full_evidence_is_left_out_at_the_quick_level() -> None:
    items = [evidence("fast", kind=Status.supported), evidence("slow", level=Level.full)]
    quick, full = run_one(*items), run_one(*items, level=Level.full)
    assert (quick.status, quick.not_run, len(quick.results)) == ("supported", ("slow",), 1)
    assert (full.status, full.not_run, len(full.results)) == ("checked", (), 2)
    assert full.reproduce == "superposition verify c --level full --seed 0"


def context_of(subject: int, context: Context) -> Outcome:
    return Outcome(subject > 0, f"level {context.level}, seed {context.seed}")


def test_the_check_is_told_level_and_seed() -> None:
    item = Evidence("e", Status.checked, context_of, 1, {"near": 0})
    verdict = run_one(item, level=Level.full, seed=11)
    assert verdict.reason == "level full, seed 11"
    assert (verdict.seed, verdict.level) == (11, Level.full)


def test_given_ids_are_run_with_what_they_use_in_the_order_of_the_registry() -> None:
    registry = Registry(
        [
            claim("top", evidence(uses=("bottom",))),
            claim("aside", evidence()),
            claim("bottom", evidence()),
        ]
    )
    assert list(verify(registry, ["top"]).statuses) == ["top", "bottom"]
    assert list(verify(registry, iter(["bottom", "aside"])).statuses) == ["aside", "bottom"]
    assert list(verify(registry).statuses) == ["top", "aside", "bottom"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"ids": ["meens"]}, r"there is no claim 'meens'; close matches: means"),
        ({"ids": "means"}, r"ids must be a collection of claim ids, got the string 'means'"),
        ({"ids": []}, r"no claim is selected; leave out ids"),
        ({"level": "quick"}, r"Context.level must be one of Level.quick, Level.full"),
        ({"seed": -1}, r"Context.seed must be an integer, at least 0, got -1"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        verify(REGISTRY, **arguments)


def test_progress_is_called_after_each_result(path: Path) -> None:
    steps: list[Progress] = []
    report = verify(REGISTRY, ["means"], store=ResultStore(path), progress=steps.append)
    assert [(step.done, step.total, step.reused) for step in steps] == [
        (done, 5, False) for done in (1, 2, 3, 4, 5)
    ]
    assert tuple(step.result for step in steps) == report.verdicts[0].results
    steps.clear()
    verify(REGISTRY, ["means"], store=ResultStore(path), progress=steps.append)
    assert [(step.done, step.total, step.reused) for step in steps] == [
        (done, 5, True) for done in (1, 2, 3, 4, 5)
    ]


def test_result_is_in_the_store_before_progress_is_called(path: Path) -> None:
    sizes: list[int] = []
    verify(
        REGISTRY,
        ["means"],
        store=ResultStore(path),
        progress=lambda _: sizes.append(len(path.read_bytes().splitlines())),
    )
    assert sizes == [1, 2, 3, 4, 5]


def counted(calls: list[int], subject: int, context: Context) -> Outcome:
    """Count the runs on the subject 1."""
    if subject == 1:
        calls.append(context.seed)
    return Outcome(subject == 1, "counted")


@pytest.mark.parametrize(
    ("second", "runs"),
    [
        ({}, 1),  # the same run again
        ({"seed": 1}, 2),
        ({"level": Level.full}, 2),
        ({"ids": ["c"]}, 1),
    ],
)
def test_results_are_reused_for_an_equal_key_only(
    path: Path, second: dict[str, Any], runs: int
) -> None:
    calls: list[int] = []
    check = functools.partial(counted, calls)
    registry = Registry([claim("c", Evidence("e", Status.checked, check, 1, {"near": 0}))])
    first = verify(registry, store=ResultStore(path))
    again = verify(registry, store=ResultStore(path), **second)
    assert len(calls) == runs
    assert len(path.read_bytes().splitlines()) == runs
    assert again.statuses == first.statuses
    if runs == 1:
        assert again == first
        assert again.verdicts[0].seconds == first.verdicts[0].seconds


def test_results_with_an_error_are_run_again(path: Path) -> None:
    for lines in (1, 2):
        report = verify(REGISTRY, ["crashing"], store=ResultStore(path))
        assert report.exit_code == 1
        assert len(path.read_bytes().splitlines()) == lines


def test_vacuous_and_passing_results_are_kept_and_stay_errors(path: Path) -> None:
    registry = Registry(
        [claim("c", evidence("a", VACUOUS), evidence("b", near_misses={"x": HOLDS}))]
    )
    first = verify(registry, store=ResultStore(path))
    assert verify(registry, store=ResultStore(path)) == first
    assert len(first.errors) == 2
    assert len(path.read_bytes().splitlines()) == 2


def test_store_and_no_store_agree(path: Path) -> None:
    assert verify(REGISTRY, store=ResultStore(path)) == verify(REGISTRY)


def test_key_is_that_of_sources_and_evidence() -> None:
    (result, *_) = verify(REGISTRY, ["means"], seed=4).verdicts[0].results
    sources = fingerprint(["proofs.ledger_samples"])
    assert result.key == result_key(sources, "means", "of-1", Status.supported, Level.quick, 4)


SOURCE = """
from superposition_proofs.ledger import *

def check(subject, context):
    return Outcome(subject > 0, "version {version}")

REGISTRY = Registry([Claim("c", "C", "$c$", (), "ours", ClaimKind.theorem, (
    Evidence("e", Status.checked, check, 1, {{"near": 0}}),))])
"""


def test_a_changed_source_is_run_again(
    tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    reasons = []
    for version in (1, 1, 2):
        (tmp_path / "invented_claims.py").write_text(SOURCE.format(version=version))
        monkeypatch.delitem(sys.modules, "invented_claims", raising=False)
        registry = __import__("invented_claims").REGISTRY
        reasons.append(only(verify(registry, store=ResultStore(path))).reason)
    monkeypatch.delitem(sys.modules, "invented_claims")
    assert reasons == ["version 1", "version 1", "version 2"]
    assert len(path.read_bytes().splitlines()) == 2


def test_checks_without_a_source_need_a_run_without_a_store(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = types.ModuleType("invented_session")
    monkeypatch.setitem(sys.modules, "invented_session", session)

    def typed_in(subject: Outcome, context: Context) -> Outcome:
        return answer(subject, context)

    typed_in.__module__ = "invented_session"
    registry = Registry([claim("c", evidence(check=typed_in))])
    assert only(verify(registry)).status == "checked"
    with pytest.raises(InputError, match=r"store cannot be used with checks defined in invented_s"):
        verify(registry, store=ResultStore(path))
    assert not path.exists()


def test_report_names_the_environment_and_its_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    # A clock that advances by 1 at each look: 5 evidences between 10 looks, inside one more pair.
    monkeypatch.setattr(time, "perf_counter", itertools.count(100).__next__)
    report = verify(REGISTRY, ["means"], seed=2)
    assert report.environment["python"].startswith("3.")
    assert (report.verdicts[0].seconds, report.seconds) == (5, 11)
    assert (report.seed, report.level) == (2, Level.quick)
    assert report.to_dict()["schema"] == "superposition.verify"
