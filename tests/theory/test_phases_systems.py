"""Systems of equations, real roots and Taylor polynomials."""

from typing import Any, cast

import pytest
from superposition_theory import InputError
from superposition_theory.frames import isolate_real_roots
from superposition_theory.phases import System
from superposition_theory.phases.roots import bounds_at, sign_at
from superposition_theory.phases.series import taylor
from sympy import Float, Poly, Rational, exp, series, sqrt, symbols

R = Rational
x, y, z = symbols("x y z")


@pytest.mark.parametrize("digits", [1, 5, 20, 60])
def test_the_solution_is_as_close_as_asked(digits: int) -> None:
    # x^2 + y^2 = 1, x = 2 y: (2, 1)/sqrt(5)
    solution = System((x, y), (x**2 + y**2 - 1, x - 2 * y)).solve({x: 1, y: 1}, digits=digits)
    for found, exact in ((solution[x], 2 / sqrt(5)), (solution["y"], 1 / sqrt(5))):
        assert abs(found - exact) < R(1, 10**digits)
    assert solution.step < R(1, 10**digits)
    f, g = solution[x] ** 2 + solution[y] ** 2 - 1, solution[x] - 2 * solution[y]
    assert solution.residual == max(abs(f), abs(g))


def test_the_residual_is_that_of_the_equations_not_of_their_numerators() -> None:
    solution = System((x,), ((x**2 - 2) / x**3,)).solve({x: 1}, digits=5)
    assert solution.residual == abs((solution[x] ** 2 - 2) / solution[x] ** 3)


def test_a_start_picks_its_solution() -> None:
    system = System((x,), (x**2 - 2,))
    assert system.solve({x: 1})[x] == -system.solve({x: -1})[x]
    exact = System((x,), (x**2 - 4,)).solve({x: 2}, digits=30)
    assert (exact[x], exact.residual, exact.step) == (2, 0, 0)


def test_a_solution_is_a_start() -> None:
    system = System((x, y), (x**2 + y**2 - 1, x - 2 * y))
    first = system.solve({x: 1, y: 1}, digits=20)
    again = system.solve({x: first[x], y: first[y]}, digits=20)
    assert abs(again[x] - first[x]) < R(1, 10**35)


@pytest.mark.parametrize("digits", [1, 3, 20])
def test_a_solution_that_is_not_regular_is_refused(digits: int) -> None:
    # Newton's method converges linearly to a double root.
    with pytest.raises(InputError, match=r"does not lead to a regular solution"):
        System((x,), ((x - R(1, 3)) ** 2,)).solve({x: 1}, digits=digits)


@pytest.mark.parametrize(
    ("system", "start", "message"),
    [
        (System((x,), (x**2 + 1,)), {x: R(1, 3)}, r"start x = 1/3 does not lead to a regular"),
        (System((x,), (x**2 - 2,)), {x: 0}, r"the equations are not independent"),
        (System((x,), (x**2 - 2,)), {y: 1}, r"start has no value for x; accepted"),
        (System((x,), (x**2 - 2,)), {x: 1.0}, r"start\[x\] is 1.0; accepted: int, Fraction"),
        (System((x,), (x**2 - 2,)), [1], r"start is of type list; accepted: a mapping"),
        (System((x,), (x**2 - 2,), positive=(x,)), {x: -1}, r"where x is not positive"),
        (System((x,), (x**2 - 2,), positive=(x**2 - 2,)), {x: 1}, r"x\*\*2 - 2 is not positive"),
        (System((x, y), (x, y - 1), positive=(1 / x,)), {x: 0, y: 1}, r"1/x is not positive"),
        (System((x, y), (x / y, y)), {x: R(1, 9), y: R(1, 9)}, r"divides by zero"),
    ],
)
def test_bad_starts_are_refused(system: System, start: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        system.solve(start)


def test_conditions_that_hold_change_nothing() -> None:
    plain = System((x,), (x**2 - 2,)).solve({x: 1})
    assert System((x,), (x**2 - 2,), positive=(x, 1 / x)).solve({x: 1}) == plain


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: System((x, y), (x,)), r"equations has 1 members for 2 unknowns"),
        (lambda: System((x,), (x + z + y,)), r"equations has the symbols y, z; accepted: the unk"),
        (lambda: System((x,), (x,), positive=(z,)), r"positive has the symbols z; accepted"),
        (lambda: System((x, x), (x, x - 1)), r"unknowns are x, x; accepted: different symbols"),
        (lambda: System((x,), (x - 1,)).solve({x: 1}, digits=0), r"digits is 0; accepted"),
        (
            lambda: System((x,), (exp(x) - 1,)),
            r"equations\[0\] is exp\(x\) - 1; accepted: rational",
        ),
        (lambda: System((x,), (x - Float("0.5"),)), r"equations\[0\] is x - 0.5; accepted: ratio"),
        (lambda: System((), ()), r"unknowns is empty; accepted: at least one Symbol"),
        (lambda: System(("x",), (x,)), r"unknowns\[0\] is 'x'; accepted: a sympy Symbol"),
        (lambda: System("x", (x,)), r"unknowns is of type str; accepted: a list or tuple"),
        (
            lambda: System((x,), cast(Any, None)),
            r"equations is of type NoneType; accepted: a list or tuple",
        ),
        (lambda: System((x,), (1,)), r"equations\[0\] is 1; accepted: a sympy Expr"),
        (lambda: System((x,), ("x",)), r"equations\[0\] is 'x'; accepted: a sympy Expr"),
        (lambda: System((x,), (None,)), r"equations\[0\] is None; accepted: a sympy Expr"),
        (lambda: System((x,), (x,), positive=(1,)), r"positive\[0\] is 1; accepted: a sympy Expr"),
        (lambda: System((x,), (x - 1,)).solve({x: 1})["y"], r"unknown is 'y'; .* unknowns x"),
        (lambda: System((x,), (x,), positive=(sqrt(x),)), r"positive\[0\] is sqrt\(x\); accepted"),
    ],
)
def test_bad_systems_are_refused(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()


ROOTS = isolate_real_roots(Poly(x**3 - 3 * x + 1, x))  # 2 cos(2 pi/9), 2 cos(4 pi/9), 2 cos(8 pi/9)


@pytest.mark.parametrize(
    ("function", "signs"),
    [
        (x, (-1, 1, 1)),
        (x**3 - 3 * x, (-1, -1, -1)),  # it is -1
        (x**3 - 3 * x + 1, (0, 0, 0)),
        (1 / (x - 1), (-1, -1, 1)),
        (x**2 - 2, (1, -1, 1)),  # x -> x^2 - 2 permutes the roots
    ],
)
def test_signs(function: Any, signs: tuple[int, ...]) -> None:
    assert tuple(sign_at(root, function, x) for root in ROOTS) == signs


@pytest.mark.parametrize("digits", [5, 40])
def test_bounds(digits: int) -> None:
    # 1/x = 3 - x^2 at a root
    for root in ROOTS:
        low, high = bounds_at(root, 1 / x, x, digits=digits)
        least, most = bounds_at(root, 3 - x**2, x, digits=digits)
        assert max(low, least) <= min(high, most)
        assert high - low <= R(1, 10**digits)


@pytest.mark.parametrize("power", range(12, 24))
def test_bounds_are_as_close_as_asked(power: int) -> None:
    # large slopes, so that the first enclosures are too wide
    low, high = bounds_at(ROOTS[1], 10**power * x, x, digits=3)
    assert high - low <= R(1, 1000)
    assert (low / 10**power) ** 3 - 3 * (low / 10**power) + 1 >= 0  # falls through 0 between
    assert (high / 10**power) ** 3 - 3 * (high / 10**power) + 1 <= 0


@pytest.mark.parametrize("digits", [0, -3, 2.5, True])
def test_bad_digits_are_refused(digits: Any) -> None:
    with pytest.raises(InputError, match=r"digits is .*; accepted: an integer of at least 1"):
        bounds_at(ROOTS[0], x, x, digits=digits)


def test_poles_are_refused() -> None:
    pole = 1 / (x**3 - 3 * x + 1)
    for call in (lambda: sign_at(ROOTS[0], pole, x), lambda: bounds_at(ROOTS[0], pole, x)):
        with pytest.raises(InputError, match=r"divides by zero at the root"):
            call()


def test_taylor() -> None:
    function = (1 + 2 * x - x**3 * y) / (2 - x + x**2 / 3)
    expected = series(function, x, 0, 6).removeO()
    found = taylor(function, x, 5)
    assert (sum(term * x**k for k, term in enumerate(found)) - expected).expand() == 0
    assert taylor((x**2 + x) / x, x, 2) == [1, 1, 0]  # a removable pole
    with pytest.raises(ArithmeticError, match="pole"):
        taylor((1 + x) / x, x, 2)
