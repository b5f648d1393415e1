"""Rules, their orientation, and normal forms: sound, terminating, and with a record of use."""

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from superposition_theory.derivations.polynomials import Polynomial, identity, matrix, scalar, zero
from superposition_theory.derivations.rewriting import Rule, Theory, TraceRule
from superposition_theory.derivations.scalars import symbol
from superposition_theory.derivations.traces import TracePolynomial, constant, trace
from superposition_theory.errors import InputError

U, A = matrix("U", "m", "r"), matrix("A", "r", "r", self_adjoint=True)
P = matrix("P", "m", "m", self_adjoint=True)
X, Y = matrix("X", "m", "m"), matrix("Y", "m", "m")
e = matrix("e", "m", "1")
lam, g = symbol("lambda"), symbol("g")
INVERSE = Rule("inverse", U.star * U * A, identity("r"), because="A inverts U*U")


@pytest.mark.parametrize(
    ("lhs", "rhs", "message"),
    [
        (P, P * P, "P = P P does not decrease"),
        (X * Y, Y * X, "does not decrease"),
        (X, X, "does not decrease"),
        (X, Y, "does not decrease"),
        (2 * X, P, "lhs is 2 X; accepted: one word"),
        (X + Y, P, "accepted: one word"),
        (zero("m", "m"), P, "accepted: one word"),
        (identity("m"), zero("m", "m"), "accepted: one word"),
        (U, P, "lhs is m x r, rhs is m x m"),
    ],
)
def test_rules_that_are_refused(lhs: Polynomial, rhs: Polynomial, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Rule("bad", lhs, rhs, because="")


@pytest.mark.parametrize("lhs", [trace(X) * 2, trace(X) + trace(Y), constant(1), constant(0)])
def test_trace_rules_that_are_refused(lhs: TracePolynomial) -> None:
    with pytest.raises(InputError, match="accepted: the trace of one word"):
        TraceRule("bad", lhs, 1, because="")


def test_a_rule_brings_its_transpose() -> None:
    form, used = Theory((INVERSE,)).normal_form(A * U.star * U)
    assert form == identity("r")
    assert used == {"inverse"}


def test_the_transpose_is_oriented_by_its_greatest_word() -> None:
    # Y X = 3 X* Y* transposes to X* Y* = 3 Y X, which is led by Y X as well
    rule = Rule("swap", Y * X, 3 * X.star * Y.star, because="")
    form, _ = Theory((rule,)).normal_form(Y * X)
    assert form == 3 * X.star * Y.star
    assert dict(rule.oriented()).keys() == {(Y * X).terms[0][0]}
    mixed = Rule("mixed", X * X, P * X, because="")
    assert [str(value) for _, value in mixed.oriented()] == ["P X", "X* P"]


def test_the_transpose_of_a_lower_order_leading_word_is_solved_for_it() -> None:
    # transposed: X* Y* = 2 Y* X* + P, whose greatest word is Y* X*
    rule = Rule("lead", Y * X, 2 * X * Y + P, because="")
    pairs = {tuple(word): value for word, value in rule.oriented()}
    solved = pairs[(Y.star * X.star).terms[0][0]]
    assert solved == (X.star * Y.star - P) / 2


def test_a_transpose_with_a_symbolic_leading_coefficient_is_left_out() -> None:
    rule = Rule("symbolic", Y * X, lam * X * Y, because="")
    assert [word for word, _ in rule.oriented()] == [(Y * X).terms[0][0]]


def test_scalar_words_are_named_and_pull_out() -> None:
    theory = Theory((Rule("g", e.star * P * e, scalar(g), because=""),))
    form, used = theory.normal_form(X * e * e.star * P * e * e.star)
    assert form == g * X * e * e.star
    assert used == {"g"}


def test_unused_rules_are_not_reported_and_identities_stay() -> None:
    theory = Theory((INVERSE, Rule("P", P * P, P, because="")))
    form, used = theory.normal_form(P * P * P - 2 * identity("m"))
    assert form == P - 2 * identity("m")
    assert used == {"P"}


def test_without_drops_the_rule_and_its_transpose() -> None:
    theory = Theory((INVERSE,), (TraceRule("t", trace(P), 3, because=""),))
    assert theory.without("inverse").normal_form(A * U.star * U)[0] == A * U.star * U
    assert theory.without("t").trace_normal_form(trace(P))[0] == trace(P)
    assert theory.without("inverse").trace_normal_form(trace(P))[0] == constant(3)


def test_traces_reduce_across_rotations() -> None:
    theory = Theory((INVERSE,))
    form, used = theory.trace_normal_form(trace(U * A * U.star))
    assert form.value == symbol("r")
    assert used == {"inverse"}
    assert theory.trace_normal_form(trace(U * U.star))[1] == frozenset()


def test_trace_rules_come_after_word_rules() -> None:
    theory = Theory(
        (Rule("frame", X * X.star, lam * P, because=""),),
        (TraceRule("t", trace(X.star * X), 7, because=""), TraceRule("d", trace(P), g, because="")),
    )
    form, used = theory.trace_normal_form(trace(X.star * X))
    assert form.value == lam * g
    assert used == {"frame", "d"}
    assert theory.without("frame").trace_normal_form(trace(X.star * X))[0].value == 7


def test_a_rule_that_swaps_letters_does_not_loop_in_a_trace() -> None:
    theory = Theory((Rule("swap", Y * X, X * Y, because=""),))
    assert theory.trace_normal_form(trace(X * Y))[0] == trace(X * Y)
    assert theory.normal_form(Y * Y * X * X)[0] == X * X * Y * Y


# a model: U has the columns (1, 0, x) and (0, 1, y), A is the inverse of U^T U
INTEGER = st.integers(-3, 3)
FACTORS = st.lists(st.sampled_from([0, 1, 2, 3]), min_size=1, max_size=8)


@settings(max_examples=40)
@given(INTEGER, INTEGER, FACTORS)
def test_normal_forms_are_equal_in_a_model(x: int, y: int, choices: list[int]) -> None:
    u = sympy.Matrix([[1, 0], [0, 1], [x, y]])
    model = {"U": u, "A": (u.T * u).inv()}
    steps = {"m": [U], "r": [U.star, A]}
    product, at = identity("r"), "r"
    for choice in choices:
        letter = steps[at][choice % len(steps[at])]
        product, at = product * letter, letter.cols

    def value(polynomial: Polynomial) -> sympy.Matrix:
        size = {"m": 3, "r": 2}
        total = sympy.zeros(size[polynomial.rows], size[polynomial.cols])
        for word, coefficient in polynomial.terms:
            term = sympy.eye(size[polynomial.rows])
            for letter in word:
                term *= model[letter.name].T if letter.starred else model[letter.name]
            total += coefficient * term
        return total

    form, _ = Theory((INVERSE,)).normal_form(product)
    assert value(form) == value(product)
    assert Theory((INVERSE,)).normal_form(form)[0] == form
    if product.rows == product.cols:
        reduced, _ = Theory((INVERSE,)).trace_normal_form(trace(product))
        letters = sum(
            (c * value(Polynomial.of(w[0].rows, w[0].rows, {w: 1})).trace() if w else c)
            for w, c in reduced.terms
        )
        assert sympy.sympify(letters).subs(symbol("r"), 2) == value(product).trace()


def test_rules_show_their_equation() -> None:
    assert INVERSE.text() == "U* U A = I"
    assert INVERSE.text(latex=True) == "U^{*} U A = I_{r}"
    assert TraceRule("t", trace(P), lam, because="").text(True) == r"\operatorname{tr}(P) = \lambda"
