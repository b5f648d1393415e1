"""The loss on a named cell: against the exact model at points of the cell."""

from typing import Any

import pytest
from superposition_theory import InputError
from superposition_theory.toy_model import Cell, ReluModel, loss_on_cell, output_loss_on_cell
from sympy import I, Matrix, Rational, cancel, exp, sqrt, symbols

R = Rational
a, s, b, p, c, w = symbols("a s b p c w")
PAIR = Matrix([[a, -s], [-s, a]])
TRIPLE = Matrix([[a, -s, c], [-s, a, -s], [c, -s, a]])
COSINES = [1, (sqrt(5) - 1) / 4, (-sqrt(5) - 1) / 4, (-sqrt(5) - 1) / 4, (sqrt(5) - 1) / 4]


def test_pair_by_hand() -> None:
    # a = s = 1, b = 0 on the closed cell: p^2/3, and its slope in b is twice -p^2/3
    cell = Cell.at(PAIR, [b, b], {a: 3, s: 2, b: 1})
    assert set(cell.inequalities) == {b > 0, a + b > 0, b - s < 0, a + b - s > 0}
    loss = loss_on_cell(PAIR, [b, b], p, cell)
    assert cancel(loss.subs({a: 1, s: 1, b: 0}) - p**2 / 3) == 0
    assert cancel(loss.diff(b).subs({a: 1, s: 1, b: 0}) + 2 * p**2 / 3) == 0
    assert loss.subs({a: 1, s: 1, b: R(1, 10), p: R(1, 2)}) == R(9259, 120000)


@pytest.mark.parametrize(
    ("gram", "biases", "point"),
    [
        pytest.param(PAIR, [b, b], {a: 3, s: 2, b: 1}, id="pair, 0 < b < s"),
        pytest.param(PAIR, [b, -b], {a: 1, s: R(1, 2), b: R(2, 3)}, id="pair, b > s"),
        pytest.param(PAIR, [b, 0], {a: 1, s: R(-1, 2), b: R(-1, 3)}, id="pair, acute"),
        pytest.param(TRIPLE, [b] * 3, {a: 3, s: 2, b: R(7, 5), c: R(1, 3)}, id="triple"),
        pytest.param(Matrix([[a, 0], [0, 0]]), [0, b], {a: 2, b: R(1, 3)}, id="zero column"),
        pytest.param(
            Matrix(3, 3, lambda i, j: a * COSINES[(i - j) % 5]), [b] * 3, {a: 2, b: R(-1, 7)},
            id="three of a pentagon, over Q(sqrt 5)",
        ),
        pytest.param([[1 / (1 + a) ** 2]], [1 - b], {a: 1, b: R(6, 5)}, id="rational entries"),
    ],
)  # fmt: skip
def test_equals_the_model_at_points_of_the_cell(gram: Any, biases: Any, point: Any) -> None:
    gram = Matrix(gram)
    n = gram.cols
    cell = Cell.at(gram, biases, point)
    importances = [w, *[1] * (n - 1)]
    loss = loss_on_cell(gram, biases, p, cell, importances)
    model = ReluModel.from_gram(
        gram.subs(point), [R(0) + x for x in Matrix(biases).subs(point)], [R(2, 5)] + [1] * (n - 1)
    )
    at = {**point, p: R(1, 3), w: R(2, 5)}
    assert (loss.subs(at) - model.loss(R(1, 3))).radsimp().expand() == 0
    outputs = [
        output_loss_on_cell(j, gram, biases, p, cell, importances).subs(at) for j in range(n)
    ]
    for found, expected in zip(outputs, model.output_losses(R(1, 3)), strict=True):
        assert (found - expected).radsimp().expand() == 0
    assert all(inequality.subs(point) for inequality in cell.inequalities)


def test_densities_one_by_one() -> None:
    cell = Cell.at(PAIR, [0, 0], {a: 1, s: R(1, 2)})
    q = symbols("q")
    loss = loss_on_cell(PAIR, [0, 0], [p, q], cell)
    model = ReluModel.from_gram(PAIR.subs({a: 1, s: R(1, 2)}), [0, 0])
    expected = model.loss([R(1, 3), R(1, 7)])
    assert loss.subs({a: 1, s: R(1, 2), p: R(1, 3), q: R(1, 7)}) == expected


def test_a_cell_of_equal_expressions_written_otherwise() -> None:
    root = sqrt(5)
    cell = Cell.at([[a * (a + 1)]], [b / root], {a: 1, b: 1})
    loss = loss_on_cell([[a**2 + a]], [b * root / 5], p, cell)
    # z = b/sqrt(5) + (a^2 + a) x = 1 + 2 x at a = 1, b = sqrt(5):
    # (1 - p) 1 + p E (x + 1)^2, and E (x + 1)^2 = 7/3
    assert loss.subs({a: 1, b: root, p: R(1, 2)}) == R(5, 3)


NOT_A_POINT: Any = [1, 1]
CELL = Cell.at([[a]], [b], {a: 1, b: 1})
NO_CELL: Any = None
IDENTITY = [[1, 0], [0, 1]]
ANTIPODAL = Cell.at([[1, -1], [-1, 1]], [2, 2], {})  # every output always on


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Cell.at([[a]], [b], {a: 1, b: -1}), r"wall a \+ b = 0"),
        (lambda: Cell.at([[a]], [b], {a: 1}), r"no value for \[b\]"),
        (lambda: Cell.at([[a]], [b], {a: 1, b: p}), r"point\[b\]"),
        (lambda: Cell.at([[a]], [b], NOT_A_POINT), "point is of type list"),
        (lambda: Cell.at([[1 / a]], [b], {a: 0, b: 1}), "1/a is a division by 0"),
        (lambda: Cell.at([[a, b], [a, a]], [b, b], {a: 1, b: 1}), "symmetric"),
        (lambda: Cell.at([[exp(a)]], [b], {a: 1, b: 1}), r"gram\[0\]\[0\] contains exp\(a\)"),
        (lambda: Cell.at([[I]], [b], {b: 1}), "accepted"),
        (lambda: Cell.at([], [], {}), "gram is"),
        (lambda: loss_on_cell(PAIR, [b, b], p, CELL), "cell is one of 1 features"),
        (lambda: loss_on_cell([[a]], [b], 0.5, CELL), "density is of type float"),
        (lambda: loss_on_cell([[a]], [b], [R(3, 2)], CELL), r"density\[0\] is 3/2"),
        (lambda: output_loss_on_cell(1, [[a]], [b], p, CELL), "output is 1"),
        # on the signs of that other pair the loss would come out as 50; it is 1/3
        (
            lambda: loss_on_cell(IDENTITY, [-5, -5], R(1, 2), ANTIPODAL),
            r"breakpoint 2 for output 0 and features \(\), but gram and biases have -5; accepted",
        ),
        (
            lambda: output_loss_on_cell(0, [[2 * a]], [b], p, CELL),
            r"breakpoint a \+ b for output 0 and features \(0,\), but gram .* have 2\*a \+ b;",
        ),
        (lambda: loss_on_cell([[a]], [p], p, CELL), "breakpoint b for output 0"),
        (lambda: loss_on_cell([[a]], [b], p, NO_CELL), "cell is of type NoneType; accepted is a"),
        (lambda: output_loss_on_cell(0, [[a]], [b], p, NO_CELL), "cell is of type NoneType"),
        (lambda: loss_on_cell([[a]], [b], p, CELL, [-1]), r"importances\[0\] is -1; accepted are"),
        (lambda: loss_on_cell([[a]], [b], p, CELL, [1 - sqrt(2)]), r"importances\[0\] is 1 - sqrt"),
    ],
)
def test_refusals(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
