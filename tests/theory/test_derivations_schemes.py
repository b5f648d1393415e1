"""The derivations about schemes: decided, needed hypothesis by hypothesis, and true in models."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from superposition_theory.derivations import (
    SCHEME_DERIVATIONS,
    Derivation,
    bose_mesner_duality,
    check,
    component_capacity,
    equiangular_from_graph,
    graph_from_equiangular,
    krein_condition,
    one_level,
    symbol,
)
from sympy import Matrix, Rational, diag, eye, ones
from theory.test_derivations_models import (
    NUMBERS,
    Model,
    coordinate,
    names_in,
    rotation,
    run,
)
from theory.test_derivations_spectral import false_versions, steps_of

NAMES = tuple(SCHEME_DERIVATIONS)
Numbers = tuple[int, ...]

# By hand: the scheme of the square, A_0 = I, A_1 the square, A_2 opposite points.
SQUARE = (
    eye(4),
    Matrix(4, 4, lambda x, y: (x - y) % 2),
    Matrix(4, 4, lambda x, y: int((x - y) % 4 == 2)),
)
SQUARE_P = Matrix([[1, 2, 1], [1, 0, -1], [1, -2, 1]])
SQUARE_IDEMPOTENTS = (
    ones(4, 4) / 4,
    (SQUARE[0] - SQUARE[2]) / 2,
    (SQUARE[0] - SQUARE[1] + SQUARE[2]) / 4,
)


def rook() -> Matrix:
    """Return the adjacency matrix of the 3 x 3 rook graph, of parameters (9, 4, 1, 2)."""
    return Matrix(9, 9, lambda x, y: int((x // 3 == y // 3) is not (x % 3 == y % 3)))


def duality_model(_: Numbers) -> Model:
    """Return the square: matrices as columns of 16 entries."""

    def as_columns(matrices: tuple[Matrix, ...]) -> Matrix:
        return Matrix.hstack(*(Matrix(m).reshape(16, 1) for m in matrices))

    sizes = diag(1, 2, 1)
    letters = {"A": as_columns(SQUARE), "E": as_columns(SQUARE_IDEMPOTENTS), "P": SQUARE_P}
    letters |= {"Q": 4 * SQUARE_P.inv(), "K": sizes, "M": sizes}
    letters |= {"K_inverse": sizes.inv(), "M_inverse": sizes.inv()}
    return Model(letters, {}, {"n": 4, "N": 16, "r": 3})


def krein_model(_: Numbers) -> Model:
    """Return q_11^2 = 2 of the square: E_1 o E_1 = (2 E_0 + 2 E_2)/4, by hand."""
    first, last = SQUARE_IDEMPOTENTS[1:]
    V = Matrix(16, 4, lambda row, x: int(row == 5 * x))
    letters = {"V": V, "B": sympy.kronecker_product(first, first), "E_k": last}
    return Model(letters, {"q": 2, "m": 1}, {"n": 4, "N": 16})


def level_model(numbers: Numbers) -> Model:
    """Return a turned tight frame, two turned projectors, and the tetrahedron."""
    axes = rotation(4, numbers)
    tight = Rational(3, 2) * axes[:, :2] * axes[:, :2].T
    cases = {
        "a tight frame": Model(
            {"G": tight, "v": axes[:, 1]}, {"c": Rational(3, 2), "lambda": Rational(3, 2)}, {"n": 4}
        ),
        "one more level of the same size": Model(
            {"Pi": axes[:, :2] * axes[:, :2].T, "E": axes[:, 3] * axes[:, 3].T},
            {"c": Rational(3, 2)},
            {"n": 4},
        ),
        "n unit vectors in d dimensions": Model(
            {"G": Rational(4, 3) * eye(4) - ones(4, 4) / 3, "e": coordinate(4, 2)},
            {"c": Rational(4, 3), "d": 3},
            {"n": 4},
        ),
    }
    return Model({}, {}, {"n": 4}, cases=cases)


def component_model(numbers: Numbers) -> Model:
    """Return two opposite pairs of norm 3 in a plane, and two vectors on the third axis."""
    axes = rotation(3, numbers[:3])
    plane, line = axes[:, :2], axes[:, 2:]
    features = 3 * Matrix.hstack(plane, -plane)
    letters = {"W_1": features, "W_2": Matrix.hstack(3 * line, -line), "F_1": features * features.T}
    letters |= {"w": features[:, 0], "w_i": features[:, 1], "w_j": features[:, 3]}
    letters["Pi"] = plane * plane.T
    scalars = {"c": 18, "d": 2, "a": 9, "s": 36, "g": -9, "kappa_i": 18, "kappa_j": 18}
    return Model(letters, scalars, {"m": 3, "n": 4, "q": 2})


def graph_model(_: Numbers) -> Model:
    """Return the rook graph and its frame of 10 vectors in 5 dimensions, of angle 1/3."""
    X, column = rook(), ones(9, 1)
    T = ones(9, 9) - eye(9) - 2 * X
    S = Matrix(sympy.BlockMatrix([[sympy.zeros(1, 1), column.T], [column, T]]))
    scalars = {"lambda": 1, "mu": 2, "theta": -3, "d": 5, "k": 4}
    return Model({"X": X, "O": column, "T": T, "S": S}, scalars, {"v": 9, "n": 10})


MODELS: dict[str, Callable[[Numbers], Model]] = {
    "bose_mesner_duality": duality_model,
    "krein_condition": krein_model,
    "one_level": level_model,
    "component_capacity": component_model,
    "equiangular_from_graph": graph_model,
    "graph_from_equiangular": graph_model,
}


def test_every_derivation_is_listed_by_the_name_of_its_function() -> None:
    assert {name: f.__name__ for name, f in SCHEME_DERIVATIONS.items()} == {n: n for n in NAMES}
    assert list(MODELS) == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_step_is_decided(name: str) -> None:
    result = check(SCHEME_DERIVATIONS[name]())
    assert result.failed == ()
    assert result.decided


@pytest.mark.parametrize(
    ("name", "hypothesis"),
    [(name, item) for name in NAMES for item in SCHEME_DERIVATIONS[name]().hypothesis_names],
)
def test_every_hypothesis_is_needed(name: str, hypothesis: str) -> None:
    assert check(SCHEME_DERIVATIONS[name]().without(hypothesis)).failed


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_constant_or_sign_is_undecided(name: str) -> None:
    derivation = SCHEME_DERIVATIONS[name]()
    tried = 0
    for step in steps_of(derivation.steps):
        for false in false_versions(step):
            fields = {field: getattr(false, field) for field in false.__dataclass_fields__}
            fields.pop("name")
            assert step.name in check(derivation.with_step(step.name, **fields)).failed
            tried += 1
    assert tried >= 4


@pytest.mark.parametrize(
    ("derivation", "failing"),
    [  # a row: what is built, and the first step that must stay undecided
        (bose_mesner_duality(order=symbol("n") + 1), "P Q = n I"),
        (bose_mesner_duality(order=symbol("n") ** 2), "P Q = n I"),
        (krein_condition(sign=-1), "q >= 0"),
        (one_level(slack=Fraction(1, 100)), "D = d/n"),
        (component_capacity(excess=-1), "sum of D"),
        (equiangular_from_graph(ratio=3), "J + T^2 = v I + c T"),
        (equiangular_from_graph(ratio=1), "J + T^2 = v I + c T"),
        (graph_from_equiangular(offset=Fraction(1, 2)), "X X"),
    ],
)
def test_near_misses_fail_at_the_expected_step(derivation: Derivation, failing: str) -> None:
    assert check(derivation).failed[0] == failing


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=4)
@given(numbers=NUMBERS)
def test_hypotheses_and_steps_hold_for_rational_matrices(name: str, numbers: Numbers) -> None:
    derivation = SCHEME_DERIVATIONS[name]()
    verified = list(run(MODELS[name](numbers), derivation.hypotheses, derivation.steps))
    assert sorted(verified) == sorted([*derivation.hypothesis_names, *names_in(derivation.steps)])


def test_the_oracle_refuses_a_false_step() -> None:
    broken = bose_mesner_duality(order=5)
    with pytest.raises(AssertionError, match="P Q = n I"):
        list(run(duality_model((0,) * 6), broken.hypotheses, broken.steps))
