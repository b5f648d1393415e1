"""Every claim has the status that is expected of it, and its evidence can fail."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from superposition_numerics import spectral
from superposition_numerics.matrices import FloatArray
from superposition_numerics.spectral import SpectralAnalysis, analyse
from superposition_proofs.claims import REGISTRY, checks
from superposition_proofs.claims.samples import (
    exact_frames,
    float_samples,
    named_frames,
    small_frames,
)
from superposition_proofs.cli import main
from superposition_proofs.ledger import (
    ClaimKind,
    Context,
    Evidence,
    Level,
    Report,
    Status,
    verify,
)
from superposition_theory import InputError
from superposition_theory.derivations import Derivation

QUICK = Context(Level.quick, 0)
SPECTRAL = {
    "capacity-bound": Status.proved,
    "deficit-identity": Status.proved,
    "saturation-iff-localization": Status.proved,
    "near-saturation-near-localization": Status.proved,
    "generic-frames-do-not-saturate": Status.written,
    "tight-frame-decomposition": Status.proved,
    "projective-linearity": Status.proved,
    "rational-plateaus": Status.proved,
    "dimensionality-range": Status.proved,
    "frame-potential-bound": Status.proved,
    "welch-bound": Status.proved,
    "stieltjes-poles": Status.proved,
}
TOY_MODEL = {
    "population-loss": Status.proved,
    "dropped-feature-loss": Status.proved,
    "frozen-phases-two-features": Status.proved,
    "frozen-phases-three-features": Status.proved,
    "frozen-pair-is-not-critical": Status.proved,
    "frozen-theory-is-the-optimum": Status.refuted,
    "pair-loss": Status.proved,
    "small-density-expansions": Status.proved,
    "dropped-feature-goes-soft": Status.proved,
    "dropping-is-not-optimal-at-equal-importance": Status.proved,
    "tricritical-points": Status.proved,
    "regularised-dropped-point": Status.proved,
    "pair-takes-over-at-first-order": Status.supported,
    "weak-and-strong-pairs": Status.supported,
    "regularised-first-order-values": Status.supported,
    "pentagon-pairs-triangle": Status.supported,
    "pentagon-with-one-sparser-feature": Status.supported,
    "polygon-optimum": Status.proved,
    "heptagon-in-the-sparse-limit": Status.proved,
    "triangles-pairs-and-pentagons": Status.supported,
}
PENTAGON = {
    "one-active-loss-by-pairs": Status.proved,
    "parallel-columns-cost-a-sixth": Status.proved,
    "neighbours-symmetrise": Status.proved,
    "two-variables-are-enough": Status.proved,
    "tangent-at-the-pentagon": Status.proved,
    "pentagon-constants": Status.proved,
    "two-variable-inequality": Status.certified,
    "no-other-tangent": Status.checked,
    "neighbour-inequality-without-exclusion": Status.refuted,
    "square-wins-for-five-features": Status.refuted,
    "cheap-columns-are-bounded": Status.proved,
    "cyclic-decomposition": Status.proved,
    "neighbour-inequality": Status.written,
    "pentagon-theorem": Status.written,
    "full-loss-near-the-sparse-limit": Status.proved,
    "full-model-by-quadratics": Status.proved,
    "several-active-features-bend-little": Status.written,
    "full-model-near-the-pentagon": Status.certified,
    "full-model-pentagon": Status.written,
    "pentagon-pairs-crossover": Status.certified,
}
OTHER_POLYGONS = {
    "tangent-at-the-hexagon": Status.proved,
    "hexagon-inequality": Status.certified,
    "close-pairs-in-a-box": Status.proved,
    "hexagon-close-pairs": Status.open,
    "hexagon-theorem": Status.open,
    "one-active-terms-vanish": Status.proved,
    "no-loss-up-to-four-features": Status.written,
    "six-features-leave-none-out": Status.proved,
    "pair-bound-beyond-the-hexagon": Status.refuted,
    "hexagon-with-free-biases": Status.open,
    "heptagon-for-seven-features": Status.open,
    "octagon-for-eight-features": Status.refuted,
    "regular-polygons-are-strict-minima": Status.certified,
    "weak-fifth-vector-beside-the-square": Status.proved,
    "digon-triangle-and-square": Status.written,
    "weak-vector-beside-a-polygon": Status.certified,
}
PHASES = {
    "output-of-a-pair-without-partner": Status.proved,
    "pair-output-over-its-bias": Status.written,
    "outputs-that-are-always-on": Status.proved,
    "opposite-signs-are-no-worse": Status.written,
    "dropping-is-globally-optimal": Status.written,
    "antipodal-pair-is-globally-optimal": Status.written,
    "dropping-is-optimal-close-to-the-boundary": Status.open,
    "phase-boundaries-enclosed": Status.open,
}
AXES = {
    "pairs-beat-the-frozen-axis": Status.proved,
    "axes-add-up": Status.checked,
    "weight-sparsity-cost-is-smaller": Status.checked,
    "three-features-on-one-axis": Status.proved,
    "axes-are-shared-evenly": Status.open,
    "weight-sparsity-cost": Status.refuted,
}
SCHEMES = {
    "bose-mesner-duality": Status.proved,
    "krein-conditions": Status.proved,
    "tabulated-schemes-are-coherent": Status.checked,
    "strongly-regular-feasibility": Status.checked,
    "real-etf-from-srg": Status.proved,
    "tight-iff-one-level": Status.proved,
    "sticky-fractions": Status.checked,
    "component-capacity": Status.proved,
    "geometry-table": Status.checked,
    "antiprism-family": Status.proved,
    "polygon-and-simplex-plateaus": Status.proved,
    "three-square-antiprisms": Status.checked,
    "homogeneous-without-commuting": Status.checked,
    "parameters-do-not-identify-a-scheme": Status.checked,
    "cosines-do-not-identify-a-scheme": Status.checked,
    "equal-norm-tight-frames-are-schemes": Status.refuted,
    "recognition-is-invariant": Status.supported,
}
FLOWS = {
    "gradient-by-gram": Status.proved,
    "gram-and-frame-flow": Status.proved,
    "gradient-flow-conserves-the-range": Status.proved,
    "eigenvalue-flow": Status.proved,
    "projector-flow": Status.proved,
    "frozen-projectors": Status.proved,
    "reduced-flow-on-idempotents": Status.proved,
    "dimensionality-flow": Status.proved,
    "population-gradient-in-the-algebra": Status.checked,
    "population-loss-conserves-schemes": Status.written,
    "invariant-losses-may-leave-a-scheme": Status.checked,
    "symmetry-breaks-at-the-rate-of-the-curvature": Status.written,
}
TRAINING = {
    "sampled-gradient-is-unbiased": Status.written,
    "mean-gradient-is-the-slope-in-rationals": Status.checked,
    "pentagon-from-random-starts": Status.open,
    "capacity-nearly-saturates-in-training": Status.supported,
    "capacity-saturates-at-the-optimum": Status.refuted,
    "slope-times-rayleigh-quotient": Status.proved,
    "sparse-features-lower-the-slope": Status.open,
    "slope-falls-with-sparsity": Status.open,
}
BY_DERIVATION = {*SPECTRAL, *SCHEMES, *FLOWS, "slope-times-rayleigh-quotient"} - {
    "antiprism-family",
    "polygon-and-simplex-plateaus",
}
EXPECTED = SPECTRAL | TOY_MODEL | PENTAGON | OTHER_POLYGONS | PHASES | AXES | SCHEMES
EXPECTED |= FLOWS | TRAINING
CONJECTURES = {"hexagon-with-free-biases", "heptagon-for-seven-features", "axes-are-shared-evenly"}
CONJECTURES |= {
    "pentagon-from-random-starts",
    "slope-falls-with-sparsity",
    "sparse-features-lower-the-slope",
}
MODULO = {  # certificates for what a lemma in prose leaves
    "dropping-is-globally-optimal": ("pair-output-over-its-bias", "opposite-signs-are-no-worse"),
    "antipodal-pair-is-globally-optimal": ("opposite-signs-are-no-worse",),
}
EVIDENCE = [
    (claim, e.name)
    for claim in REGISTRY
    for e in REGISTRY[claim].executable
    if Level.quick.includes(e.level)
]


@pytest.fixture(scope="module")
def report() -> Report:
    return verify(REGISTRY, level=Level.quick)


def evidence_of(claim: str, name: str) -> Evidence[Any]:
    """Return one evidence of a claim."""
    return next(e for e in REGISTRY[claim].executable if e.name == name)


def test_the_registry_holds_these_claims() -> None:
    assert set(REGISTRY) == set(EXPECTED)
    assert len(set(REGISTRY)) == len(REGISTRY)
    for claim, status in EXPECTED.items():  # what a search or a witness decides is no theorem
        undecided = status in (Status.supported, Status.refuted) or claim in CONJECTURES
        assert (REGISTRY[claim].kind is ClaimKind.theorem) is not undecided


@pytest.mark.parametrize(("claim", "status"), EXPECTED.items())
def test_verdict(report: Report, claim: str, status: Status) -> None:
    (verdict,) = [v for v in report.verdicts if v.id == claim]
    assert verdict.status is status, verdict.reason
    assert verdict.errors == ()
    assert verdict.modulo == MODULO.get(claim, ())
    if status is Status.proved:
        assert verdict.decided_by == ("derivation" if claim in BY_DERIVATION else "algebra")
    if status is Status.written:
        assert verdict.decided_by == ("certificate" if claim in MODULO else None)


def test_the_report_is_clean(report: Report) -> None:
    assert report.exit_code == 0
    assert report.errors == ()
    assert report.theorems_not_upheld == ()
    left = {claim for claim, status in EXPECTED.items() if status is Status.open}
    assert set(report.deferred) == left - {"hexagon-with-free-biases"}


@pytest.mark.parametrize(("claim", "name"), EVIDENCE)
def test_evidence_holds_on_cases_that_count_and_rejects_its_controls(
    report: Report, claim: str, name: str
) -> None:
    (verdict,) = [v for v in report.verdicts if v.id == claim]
    (result,) = [r for r in verdict.results if r.evidence == name]
    assert result.outcome is not None
    assert result.outcome.holds is True
    assert 0 < result.outcome.effective <= result.outcome.cases
    assert set(result.controls) == set(evidence_of(claim, name).near_misses)
    assert result.controls
    for control in result.controls.values():
        assert control.holds is False
        assert control.effective > 0
        assert control.reason


@pytest.mark.parametrize("claim", SPECTRAL)
def test_every_kind_of_evidence_that_fits_is_there(claim: str) -> None:
    kinds = [e.kind for e in REGISTRY[claim].executable]
    wanted = {Status.proved, Status.checked, Status.supported}
    if claim == "generic-frames-do-not-saturate":
        wanted = {Status.supported}
        assert [r.kind for r in REGISTRY[claim].references] == [Status.written]
    if claim == "rational-plateaus":  # in floats it says the same as projective linearity
        wanted = {Status.proved, Status.checked}
    assert set(kinds) == wanted


@pytest.mark.parametrize("claim", [c for c, s in SCHEMES.items() if s is Status.proved])
def test_what_is_proved_of_schemes_is_checked_too(claim: str) -> None:
    kinds = {e.kind for e in REGISTRY[claim].executable}
    assert kinds == {Status.proved, Status.checked}


def formulas() -> list[tuple[str, str]]:
    """Return every LaTeX formula of the registry with the id of its claim."""
    return [
        (claim.id, text)
        for claim in REGISTRY.values()
        for text in (claim.statement, *claim.hypotheses)
    ]


@pytest.mark.parametrize(("claim", "text"), formulas())
def test_formulas_are_balanced_ascii_latex(claim: str, text: str) -> None:
    assert text.isascii(), claim
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", text):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert text.count(r"\{") == text.count(r"\}")
    assert len(re.findall(r"\\left\b", text)) == len(re.findall(r"\\right\b", text))
    assert "$" not in text
    assert re.search(r"(?<!\\)[#%&]", text) is None


@pytest.mark.parametrize("claim", EXPECTED)
def test_show_gives_statement_hypotheses_and_those_of_the_derivations(claim: str) -> None:
    shown = CliRunner().invoke(main, ["show", claim])
    assert shown.exit_code == 0
    lines = [line.strip() for line in shown.output.splitlines()]
    assert REGISTRY[claim].title in lines
    assert REGISTRY[claim].statement in lines
    assert f"source: {REGISTRY[claim].source}" in lines
    for hypothesis in REGISTRY[claim].hypotheses:
        assert f"hypothesis: {hypothesis}" in lines
    for item in REGISTRY[claim].executable:
        assert {f"control: {name}" for name in item.near_misses} <= set(lines)
        if isinstance(item.subject, Derivation):
            for name in item.subject.hypothesis_names:
                assert f"[{name}]" in shown.output
            assert f"Conclusion: {item.subject.conclusion}" in lines


# ---------------------------------------------------------------- sabotage of the float code

Sabotage = Callable[[SpectralAnalysis], dict[str, Any]]


def scaled_table(**factors: float) -> Sabotage:
    """Return the sabotage that multiplies columns of the feature table."""

    def change(analysis: SpectralAnalysis) -> dict[str, Any]:
        table = analysis.feature_table
        changed = {name: getattr(table, name) * factor for name, factor in factors.items()}
        return {"feature_table": dataclasses.replace(table, **changed)}

    return change


def scaled_eigenvalues(analysis: SpectralAnalysis) -> dict[str, Any]:
    """Make every merged eigenvalue one per cent too large."""
    grouping = analysis.grouping
    return {"grouping": dataclasses.replace(grouping, eigenvalues=1.01 * grouping.eigenvalues)}


def inflated_capacity(analysis: SpectralAnalysis) -> dict[str, Any]:
    """Make the capacity one per cent too large."""
    return {"capacity": 1.01 * analysis.capacity}


def raised_rank(analysis: SpectralAnalysis) -> dict[str, Any]:
    """Replace the spectrum by one whose rank is one too large."""

    class Raised(type(analysis.spectrum)):  # type: ignore[misc]
        @property
        def rank(self) -> int:
            return int(analysis.rank) + 1

    spectrum = Raised(**analysis.spectrum.__dict__)
    return {"rank": analysis.rank + 1, "spectrum": spectrum}


@pytest.mark.parametrize(
    ("claim", "sabotage"),
    [
        pytest.param("capacity-bound", inflated_capacity, id="capacity-bound, capacity + 1 %"),
        pytest.param("deficit-identity", inflated_capacity, id="deficit-identity, capacity + 1 %"),
        pytest.param("deficit-identity", scaled_eigenvalues, id="deficit-identity, lambda + 1 %"),
        pytest.param(
            "deficit-identity",
            scaled_table(rayleigh_scaled=0.99),
            id="deficit-identity, kappa - 1 %",
        ),
        pytest.param("deficit-identity", raised_rank, id="deficit-identity, rank + 1"),
        pytest.param(
            "saturation-iff-localization", inflated_capacity, id="saturation, capacity + 1 %"
        ),
        pytest.param("saturation-iff-localization", raised_rank, id="saturation, rank + 1"),
        pytest.param(
            "near-saturation-near-localization",
            scaled_table(leverage=0.5),
            id="near-saturation, leverage halved",
        ),
        pytest.param(
            "generic-frames-do-not-saturate",
            lambda a: {"rank": a.rank - 1},
            id="generic, rank - 1",
        ),
        pytest.param("tight-frame-decomposition", scaled_eigenvalues, id="tight, lambda + 1 %"),
        pytest.param("projective-linearity", scaled_eigenvalues, id="slope, lambda + 1 %"),
        pytest.param(
            "projective-linearity",
            scaled_table(norms_scaled=1.01),
            id="slope, norm + 1 %",
        ),
        pytest.param(
            "frame-potential-bound",
            lambda a: {"dimensions": 0.99 * a.dimensions},
            id="frame potential, m - 1 %",
        ),
        pytest.param("stieltjes-poles", scaled_eigenvalues, id="poles, lambda + 1 %"),
        pytest.param("stieltjes-poles", raised_rank, id="poles, rank + 1"),
    ],
)
def test_a_sabotaged_analysis_is_caught(
    monkeypatch: pytest.MonkeyPatch, claim: str, sabotage: Sabotage
) -> None:
    def wrong(W: FloatArray) -> SpectralAnalysis:
        right = analyse(W)
        return dataclasses.replace(right, **sabotage(right))

    evidence = evidence_of(claim, "random matrices")
    monkeypatch.setattr(checks, "analyse", wrong)
    outcome = evidence.check(evidence.subject, QUICK)
    assert outcome.holds is False
    assert outcome.margin is not None
    assert outcome.margin < 0
    assert outcome.reason.startswith("violated by ")


@pytest.mark.parametrize(
    ("claim", "function", "factor"),
    [
        ("welch-bound", "classical.coherence", 0.99),
        ("dimensionality-range", "geometry.rayleigh_dimensionality", 1.01),
        ("dimensionality-range", "geometry.rayleigh_dimensionality", -1.0),
        ("projective-linearity", "geometry.gram_dimensionality", 1.01),
        ("generic-frames-do-not-saturate", "capacity.gram_dimensionality", 10.0),
        ("near-saturation-near-localization", "capacity.gram_dimensionality", 1.01),
    ],
)
def test_a_sabotaged_function_is_caught(
    monkeypatch: pytest.MonkeyPatch, claim: str, function: str, factor: float
) -> None:
    right = getattr(spectral, function.partition(".")[2])
    monkeypatch.setattr(f"superposition_proofs.claims.{function}", lambda W: factor * right(W))
    evidence = evidence_of(claim, "random matrices")
    assert evidence.check(evidence.subject, QUICK).holds is False


def test_an_analysis_that_is_not_a_number_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(W: FloatArray) -> SpectralAnalysis:
        return dataclasses.replace(analyse(W), capacity=float("nan"))

    evidence = evidence_of("deficit-identity", "random matrices")
    monkeypatch.setattr(checks, "analyse", wrong)
    with pytest.raises(InputError, match=r"margin is NaN"):
        evidence.check(evidence.subject, QUICK)


# ---------------------------------------------------------------- the samples


def test_float_samples_are_of_every_kind_scale_and_type() -> None:
    drawn = list(float_samples(QUICK))
    assert len(drawn) == 120
    for kind in ("generic", "saturated", "degenerate", "ill-conditioned", "simplex"):
        assert sum(sample.name.startswith(kind) for sample in drawn) == 24
    for sample in drawn:
        assert sample.saturated is sample.name.startswith(("saturated", "simplex"))
        assert sample.W.ndim == 2
        assert np.isfinite(sample.W).all()
    assert sum(sample.W.dtype == np.float32 for sample in drawn) == 40
    doubles = {s.name.split()[-1] for s in drawn if s.W.dtype == np.float64}
    assert doubles == {"1", "1e-160", "1e+150"}


def test_float_samples_depend_on_the_seed_alone() -> None:
    first, again, other = (
        [sample.W for sample in float_samples(Context(Level.quick, seed))] for seed in (0, 0, 1)
    )
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize(
    ("name", "capacity", "rank", "tight"),  # tight on all m dimensions
    [  # by hand: a tight frame of R^m with equal norms has capacity m
        ("digon", 1, 1, True),
        ("triangle", 2, 2, True),
        ("tetrahedron", 3, 3, True),
        ("square antiprism, tight", 3, 3, True),
        ("octahedron", 3, 3, True),
        ("two digons of different size", 2, 2, False),
        ("no features", 0, 0, None),
        ("zero", 0, 0, None),
    ],
)
def test_named_frames(name: str, capacity: int, rank: int, tight: bool | None) -> None:
    frame = dict(named_frames())[name]
    assert frame.capacity == capacity
    assert frame.rank == rank
    if tight is not None:
        assert frame.is_tight is tight


def test_small_frames_are_all_multisets_of_the_five_directions() -> None:
    assert [len(small_frames(n)) for n in (1, 2, 3)] == [5, 15, 35]
    assert len({name for name, _ in exact_frames(QUICK)}) == 17 + 35
