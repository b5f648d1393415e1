"""First-order lines: the numbers, that they are minima of the model, and what is refused."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest
from superposition_numerics.toy_model import loss_and_gradient
from superposition_theory import InputError
from superposition_theory.phases import (
    BIAS_RATE,
    DENSITY,
    IMPORTANCE,
    PENALTY,
    Branch,
    Solution,
    System,
    coexistence,
    dropped_branch,
    importance_line,
    pair_branch,
    penalty_line,
    polygon_branch,
    polygon_crossing,
    stability_crossing,
    symmetric_asymmetric_point,
    triple_point,
    weak_strong_line,
)
from sympy import Rational, Symbol

R = Rational
Numbers = Sequence[str]

STRONG, WEAK = ("1.0242", ".7555", ".0682", ".206"), ("1.0004", ".0034", ".0003", ".2567")


def pair(numbers: Numbers) -> dict[str, Rational]:
    """Return a point of a pair."""
    return dict(zip(("u", "v", "b1", "b2"), map(R, numbers), strict=True))


def solved(system: System, *numbers: str) -> Solution:
    """Return the solution next to these numbers."""
    return system.solve(dict(zip(system.unknowns, map(R, numbers), strict=True)), digits=15)


def close(value: Rational, text: str) -> bool:
    """Say whether a number rounds to a decimal number (or is cut off to it)."""
    unit = R(1, 10 ** len(text.partition(".")[2]))
    return bool(abs(value - R(text)) < unit)


def float_gradient(x: Any, density: float, weight: float, penalty: float) -> Any:
    """Return the gradient in u, v, b1, b2 of the model with W = (u, -v)."""
    found = loss_and_gradient(
        np.array([[x[0], -x[1]]]),
        np.array(x[2:]),
        density,
        importances=np.array([1.0, weight]),
        penalty=penalty,
    )
    return np.array([found.weights[0, 0], -found.weights[0, 1], *found.biases])


def float_loss(x: Any, density: float, weight: float, penalty: float) -> float:
    """Return the loss of the model with W = (u, -v)."""
    found = loss_and_gradient(
        np.array([[x[0], -x[1]]]),
        np.array(x[2:]),
        density,
        importances=np.array([1.0, weight]),
        penalty=penalty,
    )
    return float(found.loss)


def check_pair(solution: Solution, name: str, *parameters: Any, level: float | None) -> None:
    """Check by floats that a pair is a minimum of the model, with a given loss."""
    x = np.array([float(solution[f"{letter}_{name}"]) for letter in ("u", "v", "b1", "b2")])
    given = tuple(map(float, parameters))
    assert np.abs(float_gradient(x, *given)).max() < 1e-12
    step = 1e-6
    columns = [
        float_gradient(x + step * e, *given) - float_gradient(x - step * e, *given)
        for e in np.eye(4)
    ]
    hessian = np.array(columns) / (2 * step)
    assert np.linalg.eigvalsh((hessian + hessian.T) / 2).min() > 1e-6
    if level is not None:
        assert float_loss(x, *given) == pytest.approx(level, abs=1e-13)


def dropped(density: Any, weight: Any) -> float:
    """Return I (p/3 - p^2/4)."""
    p = float(density)
    return float(weight) * (p / 3 - p * p / 4)


@pytest.mark.parametrize(
    ("density", "start", "value"),
    [
        (".05", ("1.0068", ".5956", ".0001", ".0166"), ".0227385704"),
        (".1", ("1.0136", ".6087", ".0005", ".0334"), ".0487218979"),
        (".2", ("1.0274", ".6487", ".0028", ".0668"), ".1138213902"),
        (".3", ("1.0397", ".6939", ".0088", ".1011"), ".2046990764"),
        (".4", ("1.0456", ".7352", ".0231", ".1402"), ".3372804686"),
        (".5", ("1.0295", ".7579", ".0607", ".196"), ".5357387641"),
    ],
)
def test_importance_line(density: str, start: Numbers, value: str) -> None:
    solution = solved(importance_line(R(density), pair(start)), *start, value)
    assert close(solution["I"], value)
    assert solution.residual < R(1, 10**25)
    level = dropped(density, solution["I"])
    check_pair(solution, "pair", density, solution["I"], 0, level=level)


@pytest.mark.parametrize(
    ("density", "weight", "start", "value"),
    [
        (".05", "1", (".917", ".4261", ".0045", ".0209"), ".01470505"),
        (".05", ".5", (".9911", ".238", ".0007", ".0239"), ".00702889"),
        (".2", "1", (".8515", ".6355", ".0393", ".0703"), ".03755395"),
        (".2", ".5", (".9898", ".4607", ".0101", ".0874"), ".01526505"),
        (".4", "1", (".7941", ".7941", ".1308", ".1308"), ".033387"),
        (".4", ".5", ("1.0155", ".6694", ".0368", ".1606"), ".00691067"),
    ],
)
def test_penalty_line(density: str, weight: str, start: Numbers, value: str) -> None:
    solution = solved(penalty_line(R(density), R(weight), pair(start)), *start, value)
    assert close(solution["lambda"], value)
    level = dropped(density, weight)
    check_pair(solution, "pair", density, weight, solution["lambda"], level=level)


@pytest.mark.parametrize(
    ("density", "weak", "strong", "value"),
    [
        (
            ".55",
            ("1.0147", ".2423", ".0328", ".3265"),
            (".9986", ".7452", ".1001", ".2415"),
            ".66546204",
        ),
        (
            ".6",
            (".998", ".3622", ".0744", ".3691"),
            (".9458", ".7092", ".1569", ".2979"),
            ".80774993",
        ),
        (
            ".65",
            (".9614", ".456", ".1324", ".3992"),
            (".8895", ".6685", ".215", ".3487"),
            ".92551135",
        ),
    ],
)
def test_weak_strong_line(density: str, weak: Numbers, strong: Numbers, value: str) -> None:
    system = weak_strong_line(R(density), pair(weak), pair(strong))
    solution = solved(system, *weak, *strong, value)
    assert close(solution["I"], value)
    check_pair(solution, "weak", density, solution["I"], 0, level=None)
    x = [float(solution[f"{letter}_weak"]) for letter in ("u", "v", "b1", "b2")]
    level = float_loss(x, float(density), float(solution["I"]), 0)
    check_pair(solution, "strong", density, solution["I"], 0, level=level)
    assert level < dropped(density, solution["I"])


def test_stability_crossing() -> None:
    system = stability_crossing(pair(STRONG))
    solution = solved(system, *STRONG, ".5641", ".5117", ".0868")
    assert close(solution[DENSITY], ".5117414701722")
    assert close(solution[IMPORTANCE], ".5641398166")
    level = dropped(solution["p"], solution["I"])
    check_pair(solution, "strong", solution["p"], solution["I"], 0, level=level)


def test_triple_point() -> None:
    system = triple_point(pair(WEAK), pair(STRONG))
    solution = solved(system, *WEAK, *STRONG, ".5641", ".5117")
    assert close(solution[DENSITY], ".5117380321176")
    assert close(solution[IMPORTANCE], ".5641313653477")
    assert solution["v_weak"] > R(3, 1000)  # a pair, not the dropped point
    level = dropped(solution["p"], solution["I"])
    check_pair(solution, "strong", solution["p"], solution["I"], 0, level=level)
    x = [float(solution[f"{letter}_weak"]) for letter in ("u", "v", "b1", "b2")]
    given = (float(solution["p"]), float(solution["I"]), 0.0)
    assert np.abs(float_gradient(x, *given)).max() < 1e-13
    assert float_loss(x, *given) == pytest.approx(level, abs=1e-15)


def test_symmetric_asymmetric_point() -> None:
    weak = (".9158", ".5161", ".1978", ".4252")
    system = symmetric_asymmetric_point({"a": R(".57"), "b": R(".33")}, pair(weak))
    solution = solved(system, ".5701", ".3337", *weak, ".7064")
    assert close(solution[DENSITY], ".7064036926732")
    density = float(solution["p"])
    norm, bias = float(solution["a_2"]), float(solution["b_2"])
    symmetric = [norm**0.5, norm**0.5, bias, bias]
    assert np.abs(float_gradient(symmetric, density, 1.0, 0.0)).max() < 1e-12
    level = float_loss(symmetric, density, 1.0, 0.0)
    check_pair(solution, "asymmetric", density, 1, 0, level=level)


def minimal_polygon_loss(corners: int, solution: Solution) -> float:
    """Return the float loss of one regular polygon, checked to be a minimum in all W and b."""
    norm, bias = float(solution[f"a_{corners}"]), float(solution[f"b_{corners}"])
    angles = 2 * np.pi * np.arange(corners) / corners
    W = np.sqrt(norm) * np.array([np.cos(angles), np.sin(angles)])[: 1 if corners == 2 else 2]

    def at(x: Any) -> tuple[Any, float]:
        weights, biases = x[: W.size].reshape(W.shape), x[W.size :]
        found = loss_and_gradient(weights, biases, float(solution["p"]))
        return np.concatenate([found.weights.ravel(), found.biases]), float(found.loss)

    x, step = np.concatenate([W.ravel(), np.full(corners, bias)]), 1e-6
    gradient, loss = at(x)
    assert np.abs(gradient).max() < 1e-11
    columns = [at(x + step * e)[0] - at(x - step * e)[0] for e in np.eye(x.size)]
    hessian = np.array(columns) / (2 * step)
    curvatures = np.linalg.eigvalsh((hessian + hessian.T) / 2)
    rotations = W.shape[0] - 1
    assert np.abs(curvatures[:rotations]).max(initial=0.0) < 1e-6
    assert curvatures[rotations] > 1e-3
    return loss


@cache
def two_digons() -> Branch:
    """Return two antipodal pairs and a dropped feature."""
    return polygon_branch(2, {"a": 1, "b": R(1, 100)}, pieces=2, dropped=1)


@pytest.mark.parametrize(
    ("first", "second", "dropped_features", "start", "value"),
    [
        (  # two pairs and a dropped feature | triangle and two dropped features
            two_digons,
            lambda: polygon_branch(3, {"a": R(4, 5), "b": R(1, 4)}, dropped=2),
            (1, 2),
            (".658", ".261", ".832", ".26", ".644"),
            ".6442403644606",
        ),
        (  # n = 3: a pair and a feature with a dimension of its own | triangle
            lambda: polygon_branch(2, {"a": R(4, 5), "b": R(1, 10)}),
            lambda: polygon_branch(3, {"a": R(9, 10), "b": R(1, 5)}),
            (0, 0),
            (".85", ".17", ".92", ".18", ".5218"),
            ".52183765907143",
        ),
        (  # pentagon | two pairs and a dropped feature
            lambda: polygon_branch(5, {"a": R(103, 100), "b": R(-111, 1000)}),
            two_digons,
            (0, 1),
            ("1.033", "-.111", ".309017", "1.021", ".008", ".225"),
            ".22487544936366",
        ),
    ],
    ids=["digons|triangle", "pair+axis|triangle", "pentagon|digons"],
)
def test_polygon_crossing(
    first: Any, second: Any, dropped_features: tuple[int, int], start: Numbers, value: str
) -> None:
    one, other = first(), second()
    system = polygon_crossing(one, other)
    solution = solved(system, *start)
    assert close(solution[DENSITY], value)
    losses = []
    for branch, lost in zip((one, other), dropped_features, strict=True):
        corners = int(str(branch.unknowns[0]).removeprefix("a_"))
        pieces = int(branch.name.split(" ")[0])
        losses.append(
            pieces * minimal_polygon_loss(corners, solution) + lost * dropped(solution["p"], 1)
        )
    assert losses[0] == pytest.approx(losses[1], abs=1e-13)
    known = {Symbol(name): solution[name] for name in solution.values}
    assert one.holds_at(known)
    assert other.holds_at(known)


def test_the_cosine_is_not_its_conjugate() -> None:
    # b = 10 switches all outputs on, whichever of the two numbers the cosine is.
    pentagon = polygon_branch(5, {"a": 1, "b": 10})
    ((cosine, minimal),) = pentagon.constants
    assert minimal == 4 * cosine**2 + 2 * cosine - 1
    a, b = pentagon.unknowns
    assert pentagon.holds_at({a: 1, b: 10, cosine: R("0.309016994375")})
    assert not pentagon.holds_at({a: 1, b: 10, cosine: R("-0.809016994375")})


@pytest.mark.parametrize(
    ("b", "inside"),
    [
        ("1/10", True),
        ("0", False),  # on the wall
        ("-1/10", False),
        ("99/100", True),
        ("101/100", False),  # b > a = s: the partner does not switch the output off
    ],
)
def test_a_branch_knows_its_cell(b: str, inside: bool) -> None:
    branch = polygon_branch(2, {"a": 1, "b": R(1, 5)})
    values = dict(zip(branch.unknowns, (1, R(b)), strict=True))
    assert branch.holds_at(values) is inside


GOOD = pair(("1", ".6", ".01", ".03"))
START = ("1.0136", ".6087", ".0005", ".0334", ".0487")


@pytest.mark.parametrize(
    ("at", "start", "message"),
    [
        ({"b1": R(-1, 100)}, START, r"-b1_pair is not positive, outside the cell"),
        ({"b2": R(7, 10)}, START, r"b2_pair - u_pair\*v_pair is not positive, outside the cell"),
        ({"b2": R(-1, 10)}, START, r"-b2_pair is not positive, outside the cell"),
        ({}, ("1.0136", "-.6087", ".0005", ".0334", ".0487"), r"v_pair is not positive"),
        ({}, ("1", ".05", ".001", ".05", ".1"), r"is not positive, outside the cell"),
    ],
)
def test_a_solution_outside_its_cell_is_refused(
    at: dict[str, Any], start: Numbers, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        solved(importance_line(R(1, 10), {**GOOD, **at}), *start)


def test_the_wrong_order_of_pairs_is_refused() -> None:
    weak, strong = (".998", ".3622", ".0744", ".3691"), (".9458", ".7092", ".1569", ".2979")
    system = weak_strong_line(R(3, 5), pair(strong), pair(weak))
    with pytest.raises(InputError, match=r"v_strong - v_weak is not positive"):
        solved(system, *strong, *weak, ".8077")


def test_the_more_important_weight_is_the_larger_one() -> None:
    # At I = 1 the two features can be exchanged.
    weak = (".5161", ".9158", ".4252", ".1978")
    system = symmetric_asymmetric_point({"a": R(".57"), "b": R(".33")}, pair(weak))
    with pytest.raises(InputError, match=r"u_asymmetric - v_asymmetric is not positive"):
        solved(system, ".5701", ".3337", *weak, ".7064")


def test_the_bias_rate_is_the_positive_root() -> None:
    assert BIAS_RATE in stability_crossing(pair(STRONG)).positive


def test_a_parameter_outside_its_range_is_refused() -> None:
    # The strong pair at p = 1/2 without importance: below the dropped loss only for lambda < 0.
    weight = R(1, 2)
    start = ("1.0295", ".7579", ".0607", ".196")
    system = penalty_line(R(1, 2), weight, pair(start))
    with pytest.raises(InputError, match=r"lambda is not positive"):
        solved(system, *start, "-.002")


def test_coexistence_refuses() -> None:
    branch = pair_branch(GOOD)
    fixed = {DENSITY: R(1, 10), PENALTY: 0}
    with pytest.raises(InputError, match=r"branches has 1 members; accepted: at least two"):
        coexistence([branch], [IMPORTANCE], fixed=fixed)
    with pytest.raises(InputError, match=r"unknowns are .*; accepted: different symbols"):
        coexistence([branch, branch], [IMPORTANCE], fixed=fixed)
    with pytest.raises(InputError, match=r"equations has 5 members for 4 unknowns"):
        coexistence([dropped_branch(), branch], [], fixed={**fixed, IMPORTANCE: R(1, 2)})
    with pytest.raises(InputError, match=r"equations has the symbols p; accepted: the unknowns"):
        coexistence([dropped_branch(), branch], [IMPORTANCE], fixed={PENALTY: 0})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pair_branch({"u": 1}), r"at has no value for v, b1, b2; accepted"),
        (lambda: pair_branch({**GOOD, "v": 0.6}), r"at\[v\] is 0.6; accepted: int, Fraction"),
        (lambda: pair_branch({**GOOD, "v": R(-3, 5)}), r"at has v_pair = -3/5; accepted"),
        (lambda: pair_branch({**GOOD, "b1": 0}), r"wall b1_pair = 0; accepted"),
        (lambda: polygon_branch(1, {"a": 1, "b": 1}), r"corners is 1; accepted: an integer of at"),
        (lambda: polygon_branch(True, {"a": 1, "b": 1}), r"corners is True; accepted"),
        (lambda: polygon_branch(2, {"a": 1, "b": R(1, 9)}, pieces=0), r"pieces is 0; accepted"),
        (lambda: polygon_branch(2, {"a": 1, "b": R(1, 9)}, dropped=-1), r"dropped is -1; accep"),
        (lambda: polygon_branch(2, {"a": -1, "b": R(1, 9)}), r"at has a_2 = -1; accepted"),
        (lambda: importance_line(R(3, 2), GOOD), r"density is 3/2; accepted: a rational number"),
        (lambda: importance_line(0.5, GOOD), r"density is 0.5; accepted: int, Fraction"),
        (lambda: penalty_line(R(1, 2), 0, GOOD), r"importance is 0; accepted: a rational number"),
        (lambda: two_digons().holds_at({}), r"values has no value for a_2, b_2; accepted"),
    ],
)
def test_bad_input_is_refused(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
