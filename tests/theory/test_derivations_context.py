"""Contexts: what may divide, what is defined, and which hypotheses are ill-formed."""

from collections.abc import Callable

import pytest
import sympy
from superposition_theory.derivations.context import Context, Fact, Value, scalar_text
from superposition_theory.derivations.expectations import Expectation
from superposition_theory.derivations.polynomials import identity, matrix, scalar
from superposition_theory.derivations.rewriting import Rule, TraceRule
from superposition_theory.derivations.scalars import EXPECTATION, symbol
from superposition_theory.derivations.traces import constant, trace
from superposition_theory.errors import InputError

kappa, lam, x, y, D = (symbol(s) for s in ("kappa", "lambda", "x", "y", "D"))
ONE = Expectation((("lambda",),))
P = matrix("P", "m", "m", self_adjoint=True)


def fact(expression: sympy.Expr, relation: str) -> Fact:
    """Return a fact named after its text."""
    return Fact(f"{expression} {relation}", expression, relation, because="assumed")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "divisor", "unknown"),
    [
        (fact(x, "> 0"), x**2, ()),
        (fact(x, "!= 0"), 3 * x, ()),
        (fact(x, ">= 0"), x, (x,)),
        (fact(x, "= 0"), x, (x,)),
        (fact(x, "> 0"), x * y, (y,)),
        (fact(x * y, "> 0"), y, ()),
        (fact(x - y, "!= 0"), y - x, ()),
        (fact(x**2 - y**2, "!= 0"), x + y, ()),
        (fact(x + y, "> 0"), x, (x,)),
        (fact(x / y, "> 0"), y, (y,)),  # y is in the denominator of the fact
    ],
)
def test_divisors_must_be_known(
    known: Fact, divisor: sympy.Expr, unknown: tuple[sympy.Expr, ...]
) -> None:
    assert Context((known,)).undefined(1 / divisor) == unknown


def test_divisors_inside_expectations_and_definitions_count() -> None:
    context = Context((Value("D", D, x - y, because=""), fact(lam, "> 0")), ONE)
    assert context.undefined(EXPECTATION(1 / lam)) == ()
    assert context.undefined(EXPECTATION(1 / (lam * x))) == (x,)
    assert context.undefined(EXPECTATION(lam) / x) == (x,)
    assert context.undefined(1 / D) == (x - y,)
    with pytest.raises(InputError, match="divides by x, y, not known to be nonzero"):
        context.require_defined(1, 1 / (x * y))


def test_a_defined_divisor_that_vanishes_is_never_known() -> None:
    context = Context((Value("D", D, x, because=""), fact(x, "> 0")))
    assert context.undefined(x / (D - x)) == (0,)
    assert context.undefined(x / D) == ()


def test_reduction_uses_moments_then_definitions() -> None:
    mean = Value("mean", EXPECTATION(lam), kappa, because="Rayleigh")
    context = Context((mean, Value("D", D, x / kappa, because="")), ONE)
    assert context.reduced(EXPECTATION(lam - kappa) + D * kappa) == x
    assert mean.text() == "E(lambda) = kappa"


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Context((fact(x, "> 0"), fact(x, "> 0"))), "the name 'x > 0' is used twice"),
        (lambda: fact(x, "< 0"), "relation of x < 0 is '< 0'; accepted"),
        (lambda: Context((Value("D", D, 1 / D, because=""),)), "uses the defined symbols"),
        (
            lambda: Context((Value("D", D, x, because=""), Value("x", x, D, because=""))),
            "uses the defined symbols",
        ),
        (
            lambda: Context((Value("a", D, x, because=""), Value("b", D, y, because=""))),
            "definition b defines D; accepted",
        ),
        (lambda: Context((Value("a", x * y, 1, because=""),)), r"defines x\*y; accepted"),
        (lambda: Context((Value("a", lam, 1, because=""),), ONE), "defines lambda; accepted"),
        (lambda: Context((Value("a", D, lam, because=""),), ONE), "depends on a random variable"),
        (
            lambda: Context((Rule("r", P, lam * identity("m"), because=""),), ONE),
            "r: lambda depends on a random variable",
        ),
        (
            lambda: Context((TraceRule("r", trace(P), lam, because=""),), ONE),
            "r: lambda depends on a random variable",
        ),
        (
            lambda: Context((Value("a", EXPECTATION(lam**2 + lam), 1, because=""),), ONE),
            "accepted: a constant symbol or one moment",
        ),
        (lambda: Context(()).expanded(EXPECTATION(lam)), "no expectation is declared"),
        (lambda: Context(()).fact("x"), "no scalar fact is named 'x'"),
        (lambda: Context(()).find("x"), "nothing is named 'x'"),
        (
            lambda: Context((Rule("r", P * P, P, because=""),)).polynomial(matrix("P", "n", "n")),
            "the letter P occurs with two shapes",
        ),
        (
            lambda: Context((Rule("r", P * P, P, because=""),)).polynomial(matrix("P", "m", "m")),
            "the letter P occurs with two shapes",
        ),
        (
            lambda: Context((TraceRule("r", trace(P), x, because=""),)).traces(
                trace(matrix("P", "m", "m"))
            ),
            r"the letter P occurs with two shapes \(m x m, self-adjoint; m x m\)",
        ),
        (
            lambda: Context((TraceRule("r", trace(P), x, because=""),)).extended(
                TraceRule("s", trace(matrix("P", "n", "n")), x, because="")
            ),
            "the letter P occurs with two shapes",
        ),
        (lambda: Context((), ONE).polynomial(lam * P), "depends on a random variable"),
        (lambda: Context((), ONE).traces(lam * trace(P)), "depends on a random variable"),
        (lambda: Context(()).polynomial(P / x), "divides by x"),
        (lambda: Context(()).traces(trace(P) / x), "divides by x"),
    ],
)
def test_what_is_refused(build: Callable[[], object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        build()


def test_coefficients_are_reduced() -> None:
    context = Context((Value("D", D, 2 * x, because=""),))
    assert context.polynomial(D * P - x * P) == x * P
    assert context.traces(D * trace(P) - constant(D)) == 2 * x * trace(P) - constant(2 * x)
    assert context.polynomial(scalar(D)).value == 2 * x


def test_facts_are_found_among_other_items_and_starred_letters_agree() -> None:
    rule = Rule("r", matrix("W", "m", "n").star * P, matrix("W", "m", "n").star, because="")
    context = Context((rule, fact(x, "> 0"))).extended(fact(y, ">= 0"))
    assert context.fact("y >= 0").expression == y
    assert context.find("r") is rule
    assert context.polynomial(matrix("W", "m", "n")) == matrix("W", "m", "n")
    with pytest.raises(InputError, match="no scalar fact is named 'r'"):
        context.fact("r")


def test_text_of_facts_and_values() -> None:
    assert fact(x, ">= 0").text() == "x >= 0"
    assert [fact(x, r).text(latex=True) for r in ("= 0", "!= 0", ">= 0", "> 0")] == [
        "x = 0",
        r"x \neq 0",
        r"x \geq 0",
        "x > 0",
    ]
    assert Value("D", D, kappa / 2, because="").text(latex=True) == r"D = \frac{\kappa}{2}"
    assert scalar_text(kappa) == "kappa"
