"""The spectral derivations: decided as they stand, undecided when anything in them is changed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

import pytest
import sympy
from superposition_theory.derivations.capacity import (
    capacity_bound,
    rank_factorisation,
    saturation_iff_localization,
)
from superposition_theory.derivations.classical import (
    frame_potential,
    stieltjes_poles,
    welch_bound,
)
from superposition_theory.derivations.deficit import deficit_identity, near_saturation
from superposition_theory.derivations.derivation import Case, Derivation, Step, Steps, check
from superposition_theory.derivations.matrix_steps import Equality, Square, TraceEquality
from superposition_theory.derivations.polynomials import Polynomial, identity, matrix, scalar
from superposition_theory.derivations.scalar_steps import Averaged, Nonnegative, ScalarIdentity
from superposition_theory.derivations.scalars import symbol
from superposition_theory.derivations.spectral import SPECTRAL_DERIVATIONS
from superposition_theory.derivations.tightness import (
    projective_linearity,
    range_of_D,
    tight_decomposition,
)
from superposition_theory.derivations.traces import TracePolynomial, constant, trace
from superposition_theory.errors import InputError

NAMES = tuple(SPECTRAL_DERIVATIONS)


def steps_of(steps: Steps) -> Iterator[Step]:
    """Yield all steps, those of cases included."""
    for step in steps:
        if isinstance(step, Case):
            yield from steps_of(step.steps)
        else:
            yield step


ALL_STEPS = [
    (name, step) for name in NAMES for step in steps_of(SPECTRAL_DERIVATIONS[name]().steps)
]
ALL_HYPOTHESES = [
    (name, item) for name in NAMES for item in SPECTRAL_DERIVATIONS[name]().hypothesis_names
]


def test_every_derivation_is_listed_by_the_name_of_its_function() -> None:
    assert {name: f.__name__ for name, f in SPECTRAL_DERIVATIONS.items()} == {n: n for n in NAMES}
    assert len(NAMES) == 10


@pytest.mark.parametrize("name", NAMES)
def test_every_step_is_decided(name: str) -> None:
    result = check(SPECTRAL_DERIVATIONS[name]())
    assert result.failed == ()
    assert result.decided


@pytest.mark.parametrize(("name", "hypothesis"), ALL_HYPOTHESES)
def test_every_hypothesis_is_needed(name: str, hypothesis: str) -> None:
    result = check(SPECTRAL_DERIVATIONS[name]().without(hypothesis))
    assert not result.decided
    assert result.failed


def false_versions(step: Step) -> Iterator[Step]:
    """Yield versions of a step with a wrong constant or sign."""
    if isinstance(step, Equality):
        if step.lhs.shape == ("1", "1"):
            yield replace(step, lhs=step.lhs + scalar(1), as_rule=False)
        if not (step.lhs.is_zero or step.rhs.is_zero):  # a multiple of zero is zero
            yield replace(step, lhs=2 * step.lhs, as_rule=False)
            yield replace(step, lhs=-step.lhs, as_rule=False)
    elif isinstance(step, TraceEquality):
        yield replace(step, lhs=-step.lhs)
        yield replace(step, rhs=step.rhs * Fraction(3, 2))
    elif isinstance(step, Square):
        yield replace(step, lhs=-1 * step.lhs)
        yield replace(step, vector=2 * step.vector)
    elif isinstance(step, ScalarIdentity):
        yield replace(step, lhs=step.lhs + 1)
        yield replace(step, rhs=step.rhs - Fraction(1, 100))
    elif isinstance(step, Nonnegative):
        yield replace(step, expression=-step.expression)
        yield replace(step, expression=step.expression - Fraction(1, 100))
    elif isinstance(step, Averaged):
        yield replace(step, integrand=-step.integrand)
        yield replace(step, integrand=step.integrand + 1)


@pytest.mark.parametrize(("name", "step"), ALL_STEPS, ids=lambda value: getattr(value, "name", ""))
def test_every_step_with_a_wrong_constant_or_sign_is_undecided(name: str, step: Step) -> None:
    derivation = SPECTRAL_DERIVATIONS[name]()
    for false in false_versions(step):
        fields = {field: getattr(false, field) for field in false.__dataclass_fields__}
        fields.pop("name")
        result = check(derivation.with_step(step.name, **fields))
        assert step.name in result.failed
        assert not result.decided


# a row: what is built, and the first step that must stay undecided
NEAR_MISSES = [
    (capacity_bound(exponent=1), "leverage minus D"),
    (capacity_bound(exponent=3), "leverage minus D"),
    (deficit_identity(exponent=1), "deficit"),
    (deficit_identity(exponent=3), "deficit"),
    (deficit_identity(exponent=4), "deficit"),
    (saturation_iff_localization(eigenvalue_factor=2), "w is an eigenvector"),
    (saturation_iff_localization(eigenvalue_factor=-1), "w is an eigenvector"),
    (near_saturation(factor=1), "localization"),
    (near_saturation(factor=-2), "localization"),
    (tight_decomposition(frame_bound=2), "F_k F_k = lambda_k F_k"),
    (tight_decomposition(frame_bound=Fraction(99, 100)), "F_k F_k = lambda_k F_k"),
    (tight_decomposition(symmetric=False), "w_j* w_i = 0"),
    (projective_linearity(exponent=1), "D = |w|^2 / lambda_k"),
    (projective_linearity(exponent=3), "D = |w|^2 / lambda_k"),
    (projective_linearity(extra=1), "D = d_k / c"),
    (projective_linearity(extra=5), "D = d_k / c"),
    (near_saturation(use_smallest=True), "pointwise slack"),
    (range_of_D(sign=-1), "w*Fw - (w*w)^2 = |R* w|^2"),
    (frame_potential(power=0), "frame potential"),
    (frame_potential(power=2), "frame potential"),
    (welch_bound(excess=Fraction(1, 1000)), "Welch"),
    (welch_bound(pairs=symbol("n") ** 2), "Welch"),
    (welch_bound(pairs=symbol("n") * (symbol("n") - 1) + 1), "Welch"),
    (stieltjes_poles(sign=-1), "(M - z I) R = I"),
]


@pytest.mark.parametrize(("derivation", "failing"), NEAR_MISSES)
def test_near_misses_fail_at_the_expected_step(derivation: Derivation, failing: str) -> None:
    result = check(derivation)
    assert not result.decided
    assert result.failed[0] == failing
    (first,) = (step for step in result.steps if step.name == failing)
    assert "reduces to" in first.detail  # the statement is false, not a name unknown


def test_near_misses_that_change_a_hypothesis_leave_one_remainder() -> None:
    assert check(projective_linearity(extra=1)).failed == ("D = d_k / c",)
    assert check(welch_bound(pairs=symbol("n") ** 2)).failed == ("Welch",)
    with pytest.raises(InputError, match="coefficient is -1"):
        projective_linearity(extra=-1)


def test_the_bounds_of_near_saturation_fail_together_below_the_sharp_constant() -> None:
    assert check(near_saturation(factor=1)).failed == (
        "localization",
        "scale-free localization",
        "two equal weights attain the bound",
    )


PARTS = rank_factorisation()
SABOTAGE: list[tuple[Callable[[], Derivation], str, dict[str, object]]] = [
    # the trace of P is the rank r, not m or n
    (capacity_bound, "trace of P", {"rhs": constant(symbol("m"))}),
    (capacity_bound, "trace of P", {"rhs": constant(symbol("n"))}),
    (capacity_bound, "G P = G", {"lhs": PARTS.row_projector * PARTS.row_projector}),
    (capacity_bound, "W P = W", {"lhs": PARTS.W * PARTS.V.star * PARTS.V}),
    # F+ with one factor too few
    (
        deficit_identity,
        "F F+ F = F",
        {"lhs": PARTS.frame * PARTS.U * PARTS.A * PARTS.B * PARTS.U.star * PARTS.frame},
    ),
    (deficit_identity, "leverages sum to the rank", {"rhs": constant(symbol("r") + 1)}),
    (deficit_identity, "leverage in eigenspace k", {"rhs": scalar(symbol("p_k") * symbol("w2"))}),
    (
        saturation_iff_localization,
        "W applied to the gap",
        {"rhs": PARTS.W * matrix("e", "n", "1")},
    ),
    (saturation_iff_localization, "kappa is the eigenvalue", {"using": ()}),
    (near_saturation, "variance of two copies", {"rhs": symbol("kappa") ** 2}),
    (near_saturation, "mean slack", {"fact": "lambda <= lambda_max"}),
    (tight_decomposition, "Z* W_k = 0", {"using": ()}),
    (tight_decomposition, "M_k / lambda_k and P_k have one trace", {"rhs": constant(symbol("c"))}),
    (projective_linearity, "c a = lambda_k d_k", {"using": ()}),
    (range_of_D, "1 - D >= 0", {"strict": True}),
    (range_of_D, "b = 0", {"using": ()}),
    (
        frame_potential,
        "frame potential",
        {"vector": PARTS.U * PARTS.U.star - identity("m")},
    ),
    (welch_bound, "tr F = n", {"rhs": constant(symbol("m"))}),
    (stieltjes_poles, "residue at 0", {"rhs": -symbol("r") / symbol("n")}),
    (stieltjes_poles, "Stieltjes", {"rhs": constant(symbol("tau") / symbol("n"))}),
    (stieltjes_poles, "R_rest splits", {"using": ()}),
    (stieltjes_poles, "tau splits", {"rhs": constant(symbol("tau_l"))}),
    (
        deficit_identity,
        "w is in the range of F",
        {"lhs": PARTS.frame * PARTS.W * matrix("e", "n", "1")},
    ),
    (deficit_identity, "energy splits", {"rhs": scalar(symbol("kappa"))}),
    (deficit_identity, "leverage splits", {"using": ()}),
]


@pytest.mark.parametrize(("build", "step", "changes"), SABOTAGE)
def test_sabotaged_steps_are_undecided(
    build: Callable[[], Derivation], step: str, changes: dict[str, object]
) -> None:
    result = check(build().with_step(step, **changes))
    assert not result.decided
    assert step in result.failed


def test_rank_factorisation_in_words() -> None:
    assert str(PARTS.W) == "U V"
    assert str(PARTS.gram) == "V* U* U V"
    assert str(PARTS.frame) == "U V V* U*"
    assert str(PARTS.row_projector) == "V* B V"
    assert str(PARTS.left_inverse) == "V* B A U*"
    assert str(PARTS.pseudo_inverse) == "U A B A U*"
    assert [name for name, _ in PARTS.notation] == ["W", "G", "F", "P"]


@pytest.mark.parametrize("name", NAMES)
def test_rendering_names_every_hypothesis_with_its_reason(name: str) -> None:
    derivation = SPECTRAL_DERIVATIONS[name]()
    for text in (derivation.render(), derivation.render(latex=True)):
        for item in derivation.assumptions:
            assert f"[{item.name}]" in text
            assert f"({item.because})" in text
            assert item.because
        assert derivation.conclusion in text
        for step in steps_of(derivation.steps):
            assert step.name in text


def test_the_statements_that_a_reader_relies_on() -> None:
    statements = {
        (name, step.name): step.statement
        for name in NAMES
        for step in check(SPECTRAL_DERIVATIONS[name]()).steps
    }
    e = matrix("e", "n", "1")
    kappa, h, g = symbol("kappa"), symbol("h"), symbol("g")
    gap = PARTS.row_projector * e - PARTS.gram * e / kappa
    expected: dict[tuple[str, str], Step] = {
        ("capacity_bound", "trace of P"): TraceEquality(
            "", trace(PARTS.row_projector), constant(symbol("r"))
        ),
        ("capacity_bound", "leverage minus D"): Square("", scalar(h - g / kappa), gap),
        ("saturation_iff_localization", "leverage minus D"): Square(
            "", scalar(h - g**2 / (kappa * g)), gap
        ),
    }
    for key, step in expected.items():
        assert statements[key] == step.statement()
    assert statements["near_saturation", "deficit of two copies"] == (
        "w2*E(1/lambda) - w2/kappa = w2*E((lambda - mu)**2/(lambda*mu))/(2*kappa)"
    )


def test_scaling_a_statement_keeps_its_type() -> None:
    doubled = 2 * PARTS.W
    assert isinstance(doubled, Polynomial)
    assert isinstance(sympy.Integer(2) * trace(PARTS.frame), TracePolynomial)
