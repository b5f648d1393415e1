"""The free algebra with transposition and trace, against integer matrices."""

import operator
from fractions import Fraction
from itertools import pairwise, product

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from superposition_theory.derivations.polynomials import (
    Polynomial,
    collected,
    identity,
    inverse_scalar,
    matrix,
    scalar,
    sum_text,
    zero,
)
from superposition_theory.derivations.scalars import symbol
from superposition_theory.derivations.traces import (
    TracePolynomial,
    constant,
    cyclic_word,
    rotations,
    trace,
)
from superposition_theory.derivations.words import Letter, adjoint_word, word_order
from superposition_theory.errors import InputError

SIZES = {"m": 2, "n": 3, "1": 1}
A, B = matrix("A", "m", "n"), matrix("B", "n", "m")
H = matrix("H", "m", "m", self_adjoint=True)
e = matrix("e", "n", "1")
LETTERS = (A, B, H, e)
INTEGERS = {
    "A": sympy.Matrix([[1, -2, 3], [0, 4, -1]]),
    "B": sympy.Matrix([[2, 1], [-1, 3], [5, 0]]),
    "H": sympy.Matrix([[1, 7], [7, -2]]),
    "e": sympy.Matrix([[1], [-1], [2]]),
}
kappa = symbol("kappa")


def value(polynomial: Polynomial) -> sympy.Matrix:
    """Substitute the integer matrices, and 5/3 for kappa."""
    total = sympy.zeros(SIZES[polynomial.rows], SIZES[polynomial.cols])
    for word, coefficient in polynomial.terms:
        product = sympy.eye(SIZES[polynomial.rows])
        for letter in word:
            factor = INTEGERS[letter.name]
            product = product * (factor.T if letter.starred else factor)
        total += coefficient.subs(kappa, sympy.Rational(5, 3)) * product
    return total


def trace_value(expression: TracePolynomial) -> sympy.Expr:
    """Substitute the integer matrices into a combination of traces."""
    total = sympy.Integer(0)
    for word, coefficient in expression.terms:
        product = sympy.Integer(1)
        if word:
            square = Polynomial.of(word[0].rows, word[0].rows, {word: 1})
            product = value(square).trace()
        replaced = {symbol(name): size for name, size in SIZES.items()}
        total += coefficient.subs({kappa: sympy.Rational(5, 3), **replaced}) * product
    return total


def path(rows: str, cols: str, choices: list[int]) -> Polynomial:
    """Return a product of letters from `rows` to `cols`; the choices name the letters."""
    steps = {
        "m": (A, B.star, H),
        "n": (A.star, B, e),
        "1": (e.star,),
    }
    closing = {
        ("m", "n"): A,
        ("n", "m"): B,
        ("m", "1"): A * e,
        ("1", "m"): e.star * B,
        ("n", "1"): e,
        ("1", "n"): e.star,
    }
    product, at = identity(rows), rows
    for choice in choices:
        letter = steps[at][choice % len(steps[at])]
        product, at = product * letter, letter.cols
    return product if at == cols else product * closing[at, cols]


COEFFICIENTS = st.sampled_from([1, -2, Fraction(3, 7), kappa, 1 / kappa - 1])


def polynomials(rows: str, cols: str) -> st.SearchStrategy[Polynomial]:
    """Draw a polynomial of one shape with up to three terms."""
    words = st.lists(st.integers(0, 2), max_size=3).map(lambda c: path(rows, cols, c))
    terms = st.lists(st.tuples(COEFFICIENTS, words), max_size=3)
    return terms.map(lambda pairs: sum((c * w for c, w in pairs), start=zero(rows, cols)))


DIMENSION = st.sampled_from(["m", "n", "1"])
CHAINS = st.tuples(DIMENSION, DIMENSION, DIMENSION, DIMENSION).flatmap(
    lambda d: st.tuples(*(polynomials(r, c) for r, c in pairwise(d)))
)
PAIRS = st.tuples(DIMENSION, DIMENSION).flatmap(
    lambda d: st.tuples(polynomials(*d), polynomials(*d), polynomials(d[1], d[0]))
)
LAWS = settings(max_examples=30)


@LAWS
@given(CHAINS)
def test_products_are_those_of_matrices_and_associative(
    chain: tuple[Polynomial, Polynomial, Polynomial],
) -> None:
    p, q, r = chain
    assert value(p * q) == value(p) * value(q)
    assert ((p * q) * r - p * (q * r)).is_zero


@LAWS
@given(CHAINS)
def test_transposition_reverses_products(chain: tuple[Polynomial, ...]) -> None:
    p, q = chain[0], chain[1]
    assert ((p * q).star - q.star * p.star).is_zero
    assert (p.star.star - p).is_zero
    assert value(p.star) == value(p).T


@LAWS
@given(PAIRS)
def test_sums_distribute_and_traces_are_cyclic(
    triple: tuple[Polynomial, Polynomial, Polynomial],
) -> None:
    p, q, r = triple
    assert value(p + q) == value(p) + value(q)
    assert value(p - 2 * q) == value(p) - 2 * value(q)
    assert ((p + q) * r - p * r - q * r).is_zero
    assert (p - p).is_zero
    assert (trace(p * r) - trace(r * p)).is_zero
    assert (trace(p * r) - trace((p * r).star)).is_zero
    assert trace_value(trace(p * r)) == value(p * r).trace()


def test_hand_computed_product() -> None:
    square = (A + B.star) * (A + B.star).star
    assert str(square) == "B* B + B* A* + A B + A A*"
    # (A + B^T) has the rows (3, -3, 8) and (1, 7, -1)
    assert value(square) == sympy.Matrix([[82, -26], [-26, 51]])


def test_a_self_adjoint_letter_is_its_transpose_and_another_is_not() -> None:
    square = matrix("X", "m", "m")
    assert H.star == H
    assert square.star != square
    assert str(square.star) == "X*"


@pytest.mark.parametrize(
    ("rows", "cols", "starred", "message"),
    [
        ("m", "n", False, "self-adjoint letter F is m x n, starred=False"),
        ("m", "m", True, "self-adjoint letter F is m x m, starred=True"),
        ("", "m", False, "rows of a letter is empty"),
        ("m", "", False, "cols of a letter is empty"),
    ],
)
def test_bad_letters(rows: str, cols: str, starred: bool, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Letter("F", starred, rows, cols, self_adjoint=True)


def test_a_letter_needs_a_name() -> None:
    with pytest.raises(InputError, match="name of a letter is empty"):
        matrix("", "m", "n")


def test_mismatched_shapes_are_refused() -> None:
    with pytest.raises(InputError, match="product of m x n by m x n"):
        A * A
    with pytest.raises(InputError, match="sum of m x n and n x m"):
        A + B
    with pytest.raises(InputError, match="sum of m x n and n x m"):
        A - B
    with pytest.raises(InputError, match="polynomial is m x n; accepted: a square one"):
        trace(A)
    with pytest.raises(InputError, match="identity"):
        Polynomial.of("m", "n", {(): 1})
    with pytest.raises(InputError, match="A A, which is not a product of shape m x n"):
        Polynomial.of("m", "n", {(Letter("A", False, "m", "n"),) * 2: 1})


def test_division_by_zero_and_foreign_operands_are_refused() -> None:
    with pytest.raises(InputError, match="divisor is 0"):
        A / 0
    with pytest.raises(InputError, match="divisor is 0"):
        trace(H) / (kappa - kappa)
    with pytest.raises(InputError, match=r"factor is 0\.5"):
        A * 0.5
    for operand, operation in product((A, trace(H)), (operator.add, operator.sub)):
        with pytest.raises(TypeError):
            operation(operand, 1)
    assert inverse_scalar(Fraction(2, 3)) == sympy.Rational(3, 2)


def test_coefficients_cancel_and_vanish() -> None:
    quotient = A * ((kappa**2 - 1) / (kappa - 1)) - A * kappa - A
    assert quotient.is_zero
    assert quotient == zero("m", "n")
    assert A * 3 / 3 == A == kappa * A / kappa
    assert collected([((), 1), ((), kappa)]) == (((), kappa + 1),)


@pytest.mark.parametrize(
    ("polynomial", "expected"),
    [
        (scalar(kappa), kappa),
        (scalar(0), 0),
        (e.star * e, None),
        (zero("m", "m"), None),
        (identity("m"), None),
        (identity("1"), 1),
    ],
)
def test_value_of_scalars(polynomial: Polynomial, expected: object) -> None:
    assert polynomial.value == expected


def test_traces_count_dimensions_and_scalars() -> None:
    assert trace(3 * identity("m")).value == 3 * symbol("m")
    assert trace(scalar(kappa)).value == kappa
    assert trace(H).value is None
    assert constant(0).value == 0
    assert (trace(H) * 2 / 2 - 1 * trace(H)).is_zero
    assert trace(e * e.star) == trace(e.star * e)


def test_words_rotate_and_transpose() -> None:
    a, b, h = (p.terms[0][0][0] for p in (A, B, H))
    word = (h, a, b)
    assert rotations(word) == ((h, a, b), (a, b, h), (b, h, a))
    assert rotations(()) == ((),)
    assert adjoint_word(word) == (b.adjoint, a.adjoint, h)
    assert cyclic_word(word) == cyclic_word((b, h, a)) == (a, b, h)
    assert cyclic_word(adjoint_word(word)) == (a, b, h)


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [(identity("m"), H), (H, A * B), (A * A.star, A * B), (A * B, B.star * B), (A * B, H * H)],
)
def test_words_are_ordered_by_length_then_letters(smaller: Polynomial, larger: Polynomial) -> None:
    assert word_order(smaller.terms[0][0]) < word_order(larger.terms[0][0])


@pytest.mark.parametrize(
    ("shown", "text", "latex"),
    [
        (-A * B + 2 * H, "-A B + 2 H", "-A B + 2 H"),
        (A.star / kappa, "1/kappa A*", r"\frac{1}{\kappa} A^{*}"),
        ((kappa + 1) * H, "(kappa + 1) H", r"\left(\kappa + 1\right) H"),
        (H - identity("m"), "H - I", "H - I_{m}"),
        (scalar(kappa - 1), "kappa - 1", r"\kappa - 1"),
        (zero("m", "n"), "0", "0"),
        (trace(H * H) - constant(2), "tr(H H) - 2", r"\operatorname{tr}(H H) - 2"),
    ],
)
def test_text_and_latex(shown: Polynomial | TracePolynomial, text: str, latex: str) -> None:
    assert (str(shown), shown.text(latex=True)) == (text, latex)


def test_sum_text_of_nothing_is_zero() -> None:
    assert sum_text([], latex=False) == "0"
