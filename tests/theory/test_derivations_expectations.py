"""The formal expectation, against sums over the atoms of finite distributions."""

from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from superposition_theory.derivations.expectations import Expectation
from superposition_theory.derivations.scalars import EXPECTATION, symbol
from superposition_theory.errors import InputError

lam, mu, p, q, apart, kappa = (symbol(s) for s in ("lambda", "mu", "p", "q", "apart", "kappa"))
ONE = Expectation((("lambda",),))
TWO = Expectation((("lambda", "p"), ("mu", "q")), ("apart",))


@pytest.mark.parametrize(
    ("integrand", "expected"),
    [
        (1, "1"),
        (kappa, "kappa"),
        (3 * lam**2 - kappa * lam, "3*E[lambda**2] - kappa*E[lambda]"),
        (1 / lam, "E[1/lambda]"),
        ((lam - kappa) ** 2 / lam, "E[lambda] - 2*kappa + kappa**2*E[1/lambda]"),
        (lam**2 / lam, "E[lambda]"),
    ],
)
def test_linearity_in_moments(integrand: sympy.Expr, expected: str) -> None:
    names = ["E[lambda]", "E[lambda**2]", "E[1/lambda]", "kappa"]
    code = expected
    for index, name in enumerate(names):
        code = code.replace(name, f"x{index}")
    values = {f"x{index}": symbol(name) for index, name in enumerate(names)}
    assert sympy.expand(ONE.of(integrand) - sympy.sympify(code, locals=values)) == 0


def test_copies_are_independent_with_the_same_moments() -> None:
    first = symbol("E[lambda]")
    assert TWO.of(lam * mu) == first**2
    assert TWO.of(mu) == first
    assert TWO.of(mu**2 * q / lam) == symbol("E[lambda**2*p]") * symbol("E[1/lambda]")
    assert TWO.of(p) == TWO.of(q) == symbol("E[p]")
    assert TWO.of(lam * p) != TWO.of(lam) * TWO.of(p)


def test_joint_variables_do_not_factor() -> None:
    assert TWO.of(apart) == symbol("E[apart]")
    assert TWO.of(apart * lam * mu) == symbol("E[apart*lambda*mu]")


def test_expand_reaches_every_expectation() -> None:
    expression = EXPECTATION(lam) * EXPECTATION(lam - kappa) + kappa
    first = symbol("E[lambda]")
    assert sympy.expand(ONE.expand(expression) - first * (first - kappa) - kappa) == 0


@pytest.mark.parametrize("integrand", [1 / (lam + 1), lam / (lam - kappa)])
def test_other_denominators_are_refused(integrand: sympy.Expr) -> None:
    with pytest.raises(InputError, match="times a monomial in lambda"):
        ONE.of(integrand)


@pytest.mark.parametrize(
    ("copies", "joint", "message"),
    [
        ((("a",), ("a",)), (), "accepted: distinct names"),
        ((("a",),), ("a",), "accepted: distinct names"),
        ((("a", "b"), ("c",)), (), "accepted: copies of one positive length"),
        (((),), (), "accepted: copies of one positive length"),
        ((), (), "accepted: copies of one positive length"),
        # E[lambda**2] would be the mean of the one and a moment of the other
        ((("lambda", "lambda**2"),), (), r"named 'lambda\*\*2'; accepted: an identifier"),
        ((("a",),), ("b c",), "named 'b c'; accepted: an identifier"),
    ],
)
def test_bad_declarations(
    copies: tuple[tuple[str, ...], ...], joint: tuple[str, ...], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        Expectation(copies, joint)


WEIGHT = st.integers(1, 5)
ATOMS = st.lists(st.tuples(WEIGHT, st.integers(1, 6), st.integers(0, 4)), min_size=1, max_size=3)
MONOMIAL = st.tuples(st.integers(-3, 7), *(st.integers(-2, 2) for _ in range(4)))


@settings(max_examples=40)
@given(ATOMS, st.lists(MONOMIAL, min_size=1, max_size=4))
def test_expansion_is_the_sum_over_independent_atoms(
    atoms: list[tuple[int, int, int]], monomials: list[tuple[int, int, int, int, int]]
) -> None:
    total = sum(weight for weight, _, _ in atoms)
    law = [(Fraction(w, total), a, b + 1) for w, a, b in atoms]
    integrand = sum(c * lam**i * p**j * mu**k * q**n for c, i, j, k, n in monomials)

    def average(function: object) -> Fraction:
        return sum(
            (u * v * function(a, b, x, y) for u, a, b in law for v, x, y in law),  # type: ignore[operator]
            start=Fraction(0),
        )

    exact = average(
        lambda a, b, x, y: sum(
            c * Fraction(a) ** i * Fraction(b) ** j * Fraction(x) ** k * Fraction(y) ** n
            for c, i, j, k, n in monomials
        )
    )
    expanded = TWO.of(integrand)
    moments = {}
    for moment in expanded.free_symbols:
        monomial = sympy.sympify(moment.name[2:-1].replace("lambda", "lam"), locals={"lam": lam})
        moments[moment] = sum(
            sympy.Rational(u) * monomial.subs({lam: a, symbol("p"): b}) for u, a, b in law
        )
    assert expanded.subs(moments) == sympy.Rational(exact)
