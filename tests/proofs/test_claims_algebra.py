"""Identities, signs and questions that the program decides, and the evidence built on them."""

from __future__ import annotations

from dataclasses import replace as dataclass_replace

import numpy as np
import pytest
from superposition_proofs.boundaries import Located, drop_weak_strong, strong_pair_on_soft_line
from superposition_proofs.claims.algebra import (
    Decided,
    Identity,
    PositiveOn,
    by_algebra,
    decide_steps,
    has_decimals,
    replaced,
)
from superposition_proofs.claims.lines import Stated, agrees
from superposition_proofs.claims.trials import Trials, in_trials, run_trials, worst_ratio
from superposition_proofs.ledger import Context, Level, Status
from superposition_theory import InputError
from superposition_theory.toy_model import integration_step
from sympy import Rational, sqrt
from sympy.abc import x, y

QUICK, FULL = Context(Level.quick, 0), Context(Level.full, 0)


@pytest.mark.parametrize(
    ("derived", "stated", "holds"),
    [
        ((x + 1) ** 2, x**2 + 2 * x + 1, True),  # an expanded square
        ((x + 1) ** 2, x**2 + x + 1, False),
        (1 / x - 1 / (x + 1), 1 / (x * (x + 1)), True),  # a common denominator
        (sqrt(2) * sqrt(3), sqrt(6), True),  # radicals
        ((x**2 - y**2) / (x - y), x + y, True),
        (sqrt(2), Rational(141421356, 100000000), False),  # close is not equal
    ],
)
def test_identity(derived: object, stated: object, holds: bool) -> None:
    assert Identity("name", lambda: derived, stated).decide() is holds


@pytest.mark.parametrize(
    ("function", "holds"),
    [
        (x * (1 - x), True),  # zeros at the ends only
        (x - Rational(1, 3), False),  # a zero inside, positive in the middle
        ((x - Rational(1, 3)) ** 2, False),  # a double zero inside
        (-x, False),
        (1 / (x - Rational(3, 4)) ** 2, False),  # a pole inside
        (1 / (2 - x), True),
        (Rational(1), True),
    ],
)
def test_positive_on_the_unit_interval(function: object, holds: bool) -> None:
    assert PositiveOn("name", lambda: function, x, Rational(0), Rational(1)).decide() is holds


@pytest.mark.parametrize(
    ("bounds", "text", "holds"),
    [
        ((Rational(1, 3), Rational(1, 3)), "0.3333", True),
        ((Rational(1, 3), Rational(1, 3)), "0.3334", False),  # truncated, not rounded
        ((Rational(2, 3), Rational(2, 3)), "0.6667", False),
        ((Rational(-2, 3), Rational(-2, 3)), "-0.6666", True),
        ((Rational(-2, 3), Rational(-2, 3)), "0.6666", False),  # the sign counts
        ((Rational(333, 1000), Rational(335, 1000)), "0.333", False),  # the upper bound is beyond
        ((Rational(0), Rational(0)), "0.0", True),
        ((Rational(1), Rational(1)), "1.00", True),
        ((Rational(19, 10), Rational(19, 10)), "1.00", False),
    ],
)
def test_decimals(bounds: tuple[Rational, Rational], text: str, holds: bool) -> None:
    assert has_decimals(bounds, text) is holds


def test_a_text_without_decimals_is_refused() -> None:
    with pytest.raises(InputError, match="text is '1'; accepted: a number with decimals"):
        has_decimals((Rational(1), Rational(1)), "1")


def test_an_identity_between_functions_that_are_not_rational_is_decided() -> None:
    # F_k cannot be differentiated in k: whatever decides must not try.
    integrand, antiderivative = integration_step(1)
    for _ in range(5):
        assert Identity("sum", lambda: antiderivative.diff("x") + integrand, 0).decide() is False
    assert Identity("step", lambda: antiderivative.diff("x"), integrand.expand()).decide() is True


def test_steps_name_what_is_not_so() -> None:
    steps = (
        Identity("square", lambda: x**2, x * x),
        PositiveOn("sign", lambda: x, x, Rational(0), Rational(1)),
        Decided("order", lambda: 1 < 2),
    )
    outcome = decide_steps(steps, QUICK)
    assert (outcome.holds, outcome.cases, outcome.effective) == (True, 3, 3)
    wrong = replaced(replaced(steps, "square", stated=x), "order", question=lambda: False)
    outcome = decide_steps(wrong, QUICK)
    assert outcome.holds is False
    assert outcome.reason == "not so: square, order"
    assert outcome.details["steps"] == {"square": False, "sign": True, "order": False}
    assert steps[0].decide() is True  # the original is as it was


def test_a_near_miss_of_no_step_is_refused() -> None:
    with pytest.raises(KeyError, match="cube"):
        replaced((Decided("square", lambda: True),), "cube", question=lambda: False)


def test_evidence_by_algebra_is_a_proof_with_controls() -> None:
    steps = (Decided("yes", lambda: True),)
    evidence = by_algebra(steps, {"no": replaced(steps, "yes", question=lambda: False)}, "lemma")
    assert evidence.kind is Status.proved
    assert evidence.uses == ("lemma",)
    assert evidence.check(evidence.subject, QUICK).holds is True
    assert evidence.check(evidence.near_misses["no"], QUICK).holds is False


# ---------------------------------------------------------------- trials


def test_trials_count_and_stop_at_a_violation() -> None:
    draws: list[float] = []

    def law(_: np.random.Generator) -> float | None:
        draws.append(0.0)
        return None if len(draws) % 2 else len(draws) / 10

    outcome = run_trials(Trials(law, 6, 9), QUICK)
    assert (outcome.holds, outcome.cases, outcome.effective) == (True, 6, 3)
    assert outcome.margin == pytest.approx(1 - 0.6)
    draws.clear()
    outcome = run_trials(Trials(law, 6, 12), FULL)
    assert outcome.holds is False  # the twelfth gives 1.2
    assert outcome.margin == pytest.approx(-0.2)
    assert outcome.witness == {"draw": 11}


def test_trials_depend_on_the_seed_alone() -> None:
    seen: list[float] = []

    def law(rng: np.random.Generator) -> float:
        seen.append(rng.random())
        return 0.0

    trials = Trials(law, 3, 3)
    run_trials(trials, QUICK)
    run_trials(trials, QUICK)
    run_trials(trials, Context(Level.quick, 1))
    assert seen[:3] == seen[3:6]
    assert len(set(seen)) == 6


def test_a_violation_that_is_not_a_number_does_not_pass() -> None:
    assert run_trials(Trials(lambda _: float("inf"), 1, 1), QUICK).holds is False


def test_trials_are_evidence_with_the_same_numbers_of_draws_for_controls() -> None:
    evidence = in_trials(
        lambda _: 0.5, {"off": lambda _: 2.0}, "lemma", quick=2, full=3, description="x"
    )
    assert evidence.kind is Status.supported
    assert (evidence.subject.quick, evidence.near_misses["off"].full) == (2, 3)
    assert worst_ratio([0.5, -2.0], 4.0) == 0.5


# ---------------------------------------------------------------- points of boundaries

POINT = Stated(drop_weak_strong, (), "0.5117380321176", order="", quick=True)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, "1 points agree"),
        ({"decimals": "0.5117380321177"}, "is not 0.5117380321177"),
        ({"order": "first"}, "of no order"),  # no branch is followed through this point
        ({"locate": strong_pair_on_soft_line}, "is not 0.5117380321176"),
    ],
)
def test_stated_points(changes: dict[str, object], reason: str) -> None:
    outcome = agrees((dataclass_replace(POINT, **changes),), QUICK)  # type: ignore[arg-type]
    assert outcome.holds is (not changes)
    assert reason in outcome.reason


def test_a_solution_with_a_residual_does_not_pass() -> None:
    located = drop_weak_strong()
    assert located.exact is not None

    def rough() -> Located:
        assert located.exact is not None
        worse = dataclass_replace(located.exact, residual=Rational(1, 10**29))
        return dataclass_replace(located, exact=worse)

    outcome = agrees((dataclass_replace(POINT, locate=rough),), QUICK)
    assert outcome.holds is False
    assert "residual 1e-29" in outcome.reason


def test_points_of_the_full_level_wait_for_it() -> None:
    later = dataclass_replace(POINT, quick=False)
    assert agrees((POINT, later), QUICK).cases == 1
    assert agrees((POINT, later), FULL).cases == 2
