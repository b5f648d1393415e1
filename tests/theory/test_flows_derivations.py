"""The derivations about gradient flow: decided as they stand, and not when anything is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import sympy
from superposition_theory.derivations.context import Fact, Hypothesis
from superposition_theory.derivations.derivation import Derivation, Step, check
from superposition_theory.derivations.dimensionality_flow import dimensionality_flow
from superposition_theory.derivations.flows import FLOW_DERIVATIONS
from superposition_theory.derivations.gram_flow import (
    gradient_by_gram,
    gram_and_frame_flow,
    range_conserved,
)
from superposition_theory.derivations.matrix_steps import Equality, Square, TraceEquality
from superposition_theory.derivations.polynomials import Polynomial
from superposition_theory.derivations.rewriting import Rule
from superposition_theory.derivations.scalar_steps import ScalarIdentity
from superposition_theory.derivations.scalars import symbol
from superposition_theory.derivations.spectral_flow import (
    eigenvalue_flow,
    frozen_projectors,
    projector_flow,
    reduced_flow,
)
from superposition_theory.derivations.traces import TracePolynomial
from sympy import Matrix, Rational, diag, eye, zeros
from theory.test_derivations_spectral import false_versions, steps_of

NAMES = tuple(FLOW_DERIVATIONS)


ALL_STEPS = [(name, step) for name in NAMES for step in steps_of(FLOW_DERIVATIONS[name]().steps)]
ALL_HYPOTHESES = [
    (name, item) for name in NAMES for item in FLOW_DERIVATIONS[name]().hypothesis_names
]


def test_every_derivation_is_listed_by_the_name_of_its_function() -> None:
    assert {name: f.__name__ for name, f in FLOW_DERIVATIONS.items()} == {n: n for n in NAMES}
    assert len(NAMES) == 8


@pytest.mark.parametrize("name", NAMES)
def test_every_step_is_decided(name: str) -> None:
    result = check(FLOW_DERIVATIONS[name]())
    assert result.failed == ()
    assert result.decided


@pytest.mark.parametrize(("name", "hypothesis"), ALL_HYPOTHESES)
def test_every_hypothesis_is_needed(name: str, hypothesis: str) -> None:
    result = check(FLOW_DERIVATIONS[name]().without(hypothesis))
    assert not result.decided
    assert result.failed


@pytest.mark.parametrize(("name", "step"), ALL_STEPS, ids=lambda value: getattr(value, "name", ""))
def test_every_step_with_a_wrong_constant_or_sign_is_undecided(name: str, step: Step) -> None:
    derivation = FLOW_DERIVATIONS[name]()
    for false in false_versions(step):
        fields = {field: getattr(false, field) for field in false.__dataclass_fields__}
        fields.pop("name")
        result = check(derivation.with_step(step.name, **fields))
        assert step.name in result.failed


# a row: what is built, and the first step that must stay undecided
NEAR_MISSES = [
    (gradient_by_gram(factor=1), "chain rule"),
    (gradient_by_gram(factor=-2), "chain rule"),
    (gradient_by_gram(symmetric=False), "chain rule"),
    (gram_and_frame_flow(gram=4), "Gram flow"),
    (gram_and_frame_flow(frame=2), "frame flow"),
    (range_conserved(sign=-1), "S T is constant"),
    (eigenvalue_flow(factor=2), "trace by G"),
    (projector_flow(sign=-1), "P_dot"),
    (frozen_projectors(commuting=False), "M_dot = -4 G M"),
    (reduced_flow(factor=2), "lambda_dot"),
    (dimensionality_flow(factor=8), "D_dot"),
]


@pytest.mark.parametrize(("derivation", "failing"), NEAR_MISSES)
def test_near_misses_fail_at_the_expected_step(derivation: Derivation, failing: str) -> None:
    result = check(derivation)
    assert result.failed[0] == failing
    (first,) = (step for step in result.steps if step.name == failing)
    assert "reduces to" in first.detail


# ---------------------------------------------------------------- models in rational matrices


@dataclass(frozen=True)
class Model:
    """A rational matrix for each letter, a number for each scalar: an oracle without rewriting."""

    letters: Mapping[str, Any]
    scalars: Mapping[str, Any]
    sizes: Mapping[str, int]

    def number(self, expression: Any) -> Any:
        """Return the value of a scalar."""
        values = {symbol(k): v for k, v in {**self.sizes, **self.scalars}.items()}
        return sympy.sympify(expression).subs(values)

    def matrix(self, polynomial: Polynomial) -> Any:
        """Return the value of a polynomial."""
        size = {**self.sizes, "1": 1}
        total = zeros(size[polynomial.rows], size[polynomial.cols])
        for word, coefficient in polynomial.terms:
            product = eye(size[polynomial.rows])
            for letter in word:
                value = self.letters[letter.name]
                assert not letter.self_adjoint or value == value.T
                product *= value.T if letter.starred else value
            total += self.number(coefficient) * product
        return total

    def trace(self, polynomial: TracePolynomial) -> Any:
        """Return the value of a combination of traces."""
        total = sympy.Integer(0)
        for word, coefficient in polynomial.terms:
            value = Polynomial(word[0].rows, word[-1].cols, ((word, coefficient),))
            total += self.matrix(value).trace()
        return total

    def holds(self, item: Step | Hypothesis) -> bool:
        """Decide a hypothesis or a step by arithmetic."""
        if isinstance(item, Rule | Equality):
            return bool(self.matrix(item.lhs) == self.matrix(item.rhs))
        if isinstance(item, TraceEquality):
            return bool(self.trace(item.lhs) == self.trace(item.rhs))
        if isinstance(item, Square):
            assert isinstance(item.lhs, TracePolynomial)
            vector = self.matrix(item.vector)
            return bool(self.trace(item.lhs) == (vector.T * vector).trace())
        if isinstance(item, ScalarIdentity):
            return bool(self.number(item.lhs) == self.number(item.rhs))
        assert isinstance(item, Fact)
        value = self.number(item.expression)
        return bool({"!= 0": value != 0, "> 0": value > 0}[item.relation])


W23 = Matrix([[1, 2, -1], [0, 1, 3]])
G3 = Matrix([[1, 2, 0], [2, -1, 3], [0, 3, 2]])


def gram_rate(M: Any, G: Any) -> Any:
    """Return M_dot."""
    return -2 * (G * M + M * G)


def weights_model() -> Model:
    """Return any W, H and G; S T = I for some S that is not symmetric."""
    S = Matrix([[1, 1, 0], [0, 1, 2], [0, 0, 1]])
    letters = {"W": W23, "H": W23[::-1, :], "G": G3}
    letters |= {"S": S, "T": S.inv()}
    return Model(letters, {"t": Rational(2, 3)}, {"m": 2, "n": 3})


def eigenvalue_model() -> Model:
    """Return an eigenvalue 3 of multiplicity 2 that meets no other one."""
    M = diag(3, 3, 1)
    M_dot, E = gram_rate(M, G3), eye(3)[:, :2]
    E_dot = Matrix([[0, 0], [0, 0], list(M_dot[2, :2] / (3 - 1))])
    letters = {"M": M, "G": G3, "E": E, "E_dot": E_dot, "B": 3 * eye(2)}
    letters["B_dot"] = E.T * M_dot * E
    return Model(letters, {"lambda": 3}, {"n": 3, "d": 2})


def projector_model() -> Model:
    """Return three simple eigenvalues, 0 among them."""
    M, P = diag(3, 1, 0), diag(1, 0, 0)
    S, M_dot = diag(0, Rational(1, 2), Rational(1, 3)), gram_rate(M, G3)
    letters = {"M": M, "G": G3, "M_dot": M_dot, "P": P, "Q": diag(0, 1, 0), "S": S}
    letters["P_dot"] = P * M_dot * S + S * M_dot * P
    scalars = {"lambda": 3, "mu": 1, "lambda_dot": M_dot[0, 0]}
    return Model(letters, scalars, {"n": 3})


def commuting_model() -> Model:
    """Return two matrices with common eigenvectors that are not the basis vectors."""
    E = Matrix([[1, 1], [1, 1]]) / 2
    F = eye(2) - E
    M, G = 3 * E + F, 5 * E - 2 * F
    letters = {"M": M, "G": G, "M_dot": gram_rate(M, G), "E": E, "P": E, "Q": F}
    letters["e"] = Matrix([1, 0])
    scalars = {"lambda": 3, "mu": 1, "g": 5, "lambda_dot": -60, "b": Rational(1, 2)}
    return Model(letters, scalars, {"n": 2})


def feature_model() -> Model:
    """Return a localized feature in a frame that is not tight as a whole."""
    M = Matrix([[1, -1, 0], [-1, 1, 0], [0, 0, 5]])
    e, f = Matrix([1, 0, 0]), Matrix([0, 0, 1])

    def entry(matrix: Any) -> Any:
        return (e.T * matrix * e)[0]

    scalars = {
        "a": entry(M),
        "b": entry(M * M),
        "c": entry(M * G3),
        "k": entry(M * G3 * M),
        "s": entry(M * M * G3),
        "lambda": 2,
        "mu": 5,
    }
    letters = {"M": M, "G": G3, "C": diag(1, 1, 0), "e": e, "f": f}
    return Model(letters, scalars, {"n": 3})


MODELS = {
    "gradient_by_gram": weights_model,
    "gram_and_frame_flow": weights_model,
    "range_conserved": weights_model,
    "eigenvalue_flow": eigenvalue_model,
    "projector_flow": projector_model,
    "frozen_projectors": commuting_model,
    "reduced_flow": commuting_model,
    "dimensionality_flow": feature_model,
}


@pytest.mark.parametrize("name", NAMES)
def test_hypotheses_and_steps_hold_in_a_model(name: str) -> None:
    derivation, model = FLOW_DERIVATIONS[name](), MODELS[name]()
    held = {item.name: model.holds(item) for item in derivation.assumptions}
    held |= {step.name: model.holds(step) for step in steps_of(derivation.steps)}
    assert all(held.values()), held
    assert len(held) == len(derivation.assumptions) + len(list(steps_of(derivation.steps)))


def test_the_model_refuses_a_false_step() -> None:
    false = eigenvalue_flow(factor=2)
    (splitting,) = (step for step in steps_of(false.steps) if step.name == "splitting")
    assert eigenvalue_model().holds(splitting) is False
