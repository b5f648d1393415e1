"""The steps: each is decided when it is true and certified, and not otherwise."""

from fractions import Fraction

import pytest
import sympy
from superposition_theory.derivations.context import Context, Fact, Value
from superposition_theory.derivations.deciding import Outcome, Using, decided_fact, verdict
from superposition_theory.derivations.derivation import Step
from superposition_theory.derivations.expectations import Expectation
from superposition_theory.derivations.matrix_steps import Equality, Square, TraceEquality
from superposition_theory.derivations.polynomials import identity, matrix, scalar, zero
from superposition_theory.derivations.rewriting import Rule, TraceRule
from superposition_theory.derivations.scalar_steps import (
    Averaged,
    Nonnegative,
    Product,
    ScalarIdentity,
)
from superposition_theory.derivations.scalars import EXPECTATION, symbol
from superposition_theory.derivations.traces import constant, trace
from superposition_theory.errors import InputError

x, y, a, lam, mu, kappa = (symbol(s) for s in ("x", "y", "a", "lambda", "mu", "kappa"))
F = matrix("F", "m", "m", self_adjoint=True)
W = matrix("W", "m", "n")
v, w = matrix("v", "m", "1"), matrix("w", "m", "1")
EIGEN = Rule("eigen", F * v, x * v, because="v is an eigenvector")
OTHER = Rule("other", F * w, y * w, because="w is an eigenvector")
NORM = Rule("norm", v.star * v, scalar(a), because="definition")
X_POSITIVE = Fact("x > 0", x, "> 0", because="assumed")
Y_NONNEGATIVE = Fact("y >= 0", y, ">= 0", because="assumed")
DISTINCT = Fact("x != y", x - y, "!= 0", because="assumed")
EQUAL = Fact("x = y", x - y, "= 0", because="assumed")
CONTEXT = Context((EIGEN, OTHER, NORM, X_POSITIVE, Y_NONNEGATIVE))


def decided(step: Step, *more: Fact | Value | Rule | TraceRule) -> Outcome:
    """Decide a step in the common context with some more items."""
    return step.decide(CONTEXT.extended(*more))


def test_equality_reports_what_it_used() -> None:
    outcome = decided(Equality("square", v.star * F * F * v, scalar(a * x**2)))
    assert outcome.decided
    assert outcome.used == {"eigen", "norm"}
    assert outcome.detail == "both sides equal a*x**2"
    assert outcome.gained == ()


def test_a_false_equality_shows_the_difference() -> None:
    outcome = decided(Equality("square", F * F * v, x * v))
    assert not outcome.decided
    assert outcome.detail == "left side minus right side reduces to (x**2 - x) v"
    assert outcome.gained == ()


def test_a_certificate_is_read_with_its_cofactors() -> None:
    using = (Using("eigen", left=w.star, factor=1 / (y - x)),)
    step = Equality("orthogonal", w.star * v, scalar(0), using=using)
    assert decided(step, DISTINCT).decided
    assert decided(step, DISTINCT).used == {"eigen", "other"}
    with pytest.raises(InputError, match="divides by x - y"):
        decided(step)
    wrong = Equality("orthogonal", w.star * v, scalar(0), using=(Using("eigen", left=w.star),))
    assert not decided(wrong, DISTINCT).decided
    missing = Equality("orthogonal", w.star * v, scalar(0))
    assert not decided(missing, DISTINCT).decided


def test_right_cofactors_multiply_on_the_right() -> None:
    named = Rule("named", v * v.star, F, because="assumed")
    step = Equality("right", F * w, v * v.star * w, using=(Using("named", right=w, factor=-1),))
    assert step.decide(Context((named,))).decided


def test_scalar_equations_are_cofactors_too() -> None:
    step = Equality("swap", x * F, y * F, using=(Using("x = y", left=F),))
    assert decided(step, EQUAL).decided
    assert decided(Equality("swap", scalar(x), scalar(y), (Using("x = y"),)), EQUAL).decided
    assert not decided(Equality("swap", x * F, 2 * y * F, (Using("x = y", left=F),)), EQUAL).decided


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (Equality("s", F, F, using=(Using("nothing"),)), "nothing is named 'nothing'"),
        (Equality("s", scalar(x), scalar(x), using=(Using("x > 0"),)), "accepted: an equation"),
        (Equality("s", F, F, using=(Using("t"),)), "is not a rule or a scalar fact"),
        (Equality("s", F / y, F / y), "divides by y"),
        (Equality("s", F, F, using=(Using("eigen", factor=1 / y),)), "divides by y"),
        (TraceEquality("s", trace(F), trace(F), using=(Using("eigen"),)), "not a trace rule"),
        (TraceEquality("s", trace(F) / y, trace(F) / y), "divides by y"),
        (TraceEquality("s", trace(F), trace(F), (Using("t", factor=1 / y),)), "divides by y"),
        (ScalarIdentity("s", 1 / y, 1 / y), "divides by y"),
        (ScalarIdentity("s", x, x, using=(Using("y >= 0"),)), "accepted: an equation"),
        (ScalarIdentity("s", x, x, using=(Using("x = y", factor=1 / y),)), "divides by y"),
        (ScalarIdentity("s", x, x, using=(Using("eigen"),)), "no scalar fact"),
        (Nonnegative("s", 1 / y, ()), "divides by y"),
        (Nonnegative("s", x, (Product(factors=("x = y",)),)), "accepted: >= 0 or > 0"),
        (Nonnegative("s", 1 / x, (Product(divisors=("y >= 0",)),)), "accepted: > 0"),
        (Nonnegative("s", x, (Product(squares=(1 / y,)),)), "divides by y"),
        (Square("s", W, W), "lhs is m x n; accepted: 1 x 1"),
        (Square("s", v.star * v, W), "the shapes must agree"),
        (Averaged("s", "x = y", x - y), "accepted: >= 0 or > 0"),
        (Averaged("s", "x > 0", x), "no expectation is declared"),
    ],
)
def test_ill_formed_steps_are_refused(step: Step, message: str) -> None:
    with pytest.raises(InputError, match=message):
        decided(step, EQUAL, TraceRule("t", trace(F), 1, because=""))


UNEXPANDED = (x + 1) ** 2 - x**2 - 2 * x - 1


@pytest.mark.parametrize(
    "coefficient",
    [
        -1,
        Fraction(-1, 2),
        sympy.Rational(-1, 3),
        x,
        UNEXPANDED,
        True,
        0.5,
        sympy.Float(0.5),
        sympy.oo,
    ],
)
def test_coefficients_of_products_are_nonnegative_numbers(coefficient: object) -> None:
    with pytest.raises(InputError, match="accepted: a nonnegative int, Fraction or sympy"):
        Product(coefficient)


def test_an_equality_becomes_a_rule_only_if_it_decreases() -> None:
    step = Equality("twice", F * F * v, x**2 * v, as_rule=True)
    (rule,) = decided(step).gained
    assert isinstance(rule, Rule)
    assert (rule.name, rule.lhs, rule.rhs) == ("twice", F * F * v, x**2 * v)
    with pytest.raises(InputError, match="does not decrease"):
        Equality("backwards", v, F * v, as_rule=True)


def test_scalar_equalities_become_facts() -> None:
    (gained,) = decided(Equality("a", scalar(x + 0), scalar(x))).gained
    assert isinstance(gained, Fact)
    assert gained.relation == "= 0"
    using = (Using("norm", factor=-1),)
    assert decided(Equality("b", scalar(a), v.star * v)).gained == ()
    zero_norm = Rule("v = 0", v, zero("m", "1"), because="assumed")
    step = Equality("a = 0", scalar(a), scalar(0), using=using)
    (gained,) = step.decide(Context((NORM, zero_norm))).gained
    assert isinstance(gained, Fact)
    assert (gained.expression, gained.relation) == (a, "= 0")


def test_trace_equalities() -> None:
    rule = TraceRule("energy", trace(W * W.star), a, because="")
    context = Context((rule, Rule("frame", W * W.star, x * F, because="")))
    context = context.extended(TraceRule("tr F", trace(F), y, because=""))
    step = TraceEquality("count", constant(a), constant(x * y), (Using("energy", factor=-1),))
    outcome = step.decide(context)
    assert outcome.decided
    assert outcome.used == {"energy", "frame", "tr F"}
    (gained,) = outcome.gained
    assert isinstance(gained, Fact)
    assert (gained.expression, gained.relation) == (a - x * y, "= 0")
    wrong = TraceEquality("count", constant(a), constant(2 * x * y), step.using)
    assert not wrong.decide(context).decided
    cyclic = TraceEquality("cyclic", trace(W.star * W), trace(W * W.star)).decide(Context(()))
    assert (cyclic.decided, cyclic.gained) == (True, ())


def test_squares_are_nonnegative_facts_when_scalar() -> None:
    outcome = decided(Square("energy", v.star * F * F * v, F * v))
    assert outcome.decided
    (gained,) = outcome.gained
    assert isinstance(gained, Fact)
    assert (gained.expression, gained.relation) == (a * x**2, ">= 0")
    assert outcome.used == {"eigen", "norm"}
    assert decided(Square("free", w.star * w, w)).gained == ()
    assert not decided(Square("sign", -v.star * v, v)).decided
    assert not decided(Square("sign", -v.star * v, v)).gained


def test_squares_of_matrices_under_the_trace() -> None:
    phi = TraceRule("phi", trace(W * W.star), x, because="")
    (gained,) = Square("norm", trace(W.star * W), W).decide(Context((phi,))).gained
    assert isinstance(gained, Fact)
    assert gained.expression == x
    free = Square("norm", trace(W.star * W), W).decide(Context(()))
    assert (free.decided, free.gained) == (True, ())
    assert not Square("norm", trace(W.star * W), 2 * W).decide(Context(())).decided


def test_scalar_identities_use_definitions_and_equations() -> None:
    named = Value("D", symbol("D"), x**2, because="definition")
    outcome = decided(ScalarIdentity("s", symbol("D") - x**2 + 1, 1), named)
    assert outcome.decided
    assert outcome.used == {"D"}
    step = ScalarIdentity("s", x**2 - y**2, 0, using=(Using("x = y", factor=x + y),))
    outcome = decided(step, EQUAL)
    assert outcome.decided
    assert outcome.used == {"x = y"}
    (gained,) = outcome.gained
    assert isinstance(gained, Fact)
    assert (gained.relation, gained.expression) == ("= 0", x**2 - y**2)
    assert not decided(ScalarIdentity("s", x**2, y**2)).decided
    assert not decided(ScalarIdentity("s", x**2 + y**2, 0, step.using), EQUAL).decided


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (Nonnegative("s", x * y, (Product(factors=("x > 0", "y >= 0")),)), True),
        (Nonnegative("s", y / x, (Product(factors=("y >= 0",), divisors=("x > 0",)),)), True),
        (Nonnegative("s", 2 * (x - y) ** 2, (Product(2, squares=(x - y,)),)), True),
        (Nonnegative("s", (x - y) ** 2, (Product(2, squares=(x - y,)),)), False),
        (Nonnegative("s", -y, (Product(factors=("y >= 0",)),)), False),
        (Nonnegative("s", x, (Product(factors=("x > 0",)),), strict=True), True),
        (Nonnegative("s", y, (Product(factors=("y >= 0",)),), strict=True), False),
        (Nonnegative("s", x**2, (Product(squares=(x,)),), strict=True), False),
        (Nonnegative("s", 0, (Product(0),), strict=True), False),
        (Nonnegative("s", 0, ()), True),
        (
            Nonnegative(
                "s", x + y, (Product(factors=("x > 0",)), Product(factors=("y >= 0",))), True
            ),
            True,
        ),
        (Nonnegative("s", Fraction(1, 2), (Product(Fraction(1, 2)),), strict=True), True),
        (Nonnegative("s", y, (Product(factors=("x > 0",)),), using=(Using("x = y"),)), False),
        (
            Nonnegative("s", y, (Product(factors=("x > 0",)),), True, (Using("x = y", factor=-1),)),
            True,
        ),
    ],
)
def test_signs_need_a_certificate(step: Nonnegative, expected: bool) -> None:
    outcome = decided(step, EQUAL)
    assert outcome.decided is expected
    if expected:
        (gained,) = outcome.gained
        assert isinstance(gained, Fact)
        assert gained.relation == ("> 0" if step.strict else ">= 0")


def test_signs_report_what_they_used() -> None:
    step = Nonnegative("s", y / x, (Product(factors=("y >= 0",), divisors=("x > 0",)),))
    assert decided(step).used == {"x > 0", "y >= 0"}


def test_averages_of_nonnegative_integrands() -> None:
    slack = Fact("slack", (lam - mu) ** 2 - kappa, ">= 0", because="assumed")
    positive = Fact("positive", lam, "> 0", because="assumed")
    context = Context((slack, positive), Expectation((("lambda",), ("mu",))))
    outcome = Averaged("mean", "slack", (lam - mu) ** 2 - kappa).decide(context)
    assert outcome.decided
    assert outcome.used == {"slack"}
    (gained,) = outcome.gained
    assert isinstance(gained, Fact)
    assert gained.relation == ">= 0"
    mean, square = symbol("E[lambda]"), symbol("E[lambda**2]")
    expected = 2 * square - 2 * mean**2 - kappa
    assert sympy.expand(context.reduced(gained.expression) - expected) == 0
    assert not Averaged("mean", "slack", (lam - mu) ** 2 + kappa).decide(context).decided
    assert Averaged("mean", "positive", lam).decide(context).gained[0].text() == "E(lambda) >= 0"
    with pytest.raises(InputError, match="times a monomial"):
        Averaged("mean", "positive", 1 / (1 + lam)).decide(
            context.extended(Fact("p", 1 + lam, "> 0", because=""))
        )


def test_verdicts_and_decided_facts() -> None:
    assert verdict(F - F, frozenset({"r"}), "equal", EQUAL) == Outcome(
        True, "equal", frozenset({"r"}), (EQUAL,)
    )
    assert not verdict(trace(F), frozenset(), "equal", EQUAL).gained
    assert verdict(constant(0), frozenset(), "equal").decided
    assert not verdict(x, frozenset(), "equal").decided
    assert decided_fact("s", x, "> 0") == Fact("s", x, "> 0", "decided by the step s")


@pytest.mark.parametrize(
    ("step", "text", "latex"),
    [
        (Equality("s", F * v, x * v), "F v = x v", "F v = x v"),
        (
            TraceEquality("s", trace(F), constant(x)),
            "tr(F) = x",
            r"\operatorname{tr}(F) = x",
        ),
        (Square("s", scalar(x), F * v), "x = |F v|^2 >= 0", r"x = \| F v \|^2 \geq 0"),
        (ScalarIdentity("s", x / y, 1), "x/y = 1", r"\frac{x}{y} = 1"),
        (Nonnegative("s", x, ()), "x >= 0", r"x \geq 0"),
        (Nonnegative("s", x, (), strict=True), "x > 0", "x > 0"),
        (Averaged("s", "f", lam), "E(lambda) >= 0", r"E{\left(\lambda \right)} \geq 0"),
        (Equality("s", identity("m"), F), "I = F", "I_{m} = F"),
        (ScalarIdentity("s", EXPECTATION(lam), x), "E(lambda) = x", None),
    ],
)
def test_statements(step: Step, text: str, latex: str | None) -> None:
    assert step.statement() == text
    if latex is not None:
        assert step.statement(latex=True) == latex
