"""LaTeX tables: the lines and special points of a phase diagram, and the regular polygons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

import sympy
from superposition_theory.phases import (
    DENSITY,
    IMPORTANCE,
    critical_importance,
    frozen_boundaries,
    frozen_candidates,
    polygon_optimum,
    tricritical_points,
    triple_points,
)

from ..boundaries import Located
from ..tables import table
from .curves import Curves

_DIGITS = 12
_POLYGON_DIGITS = 10


def boundaries_table(curves: Curves, features: int, dims: int) -> str:
    r"""Return the lines between phases, at some densities, and their special points.

    Parameters
    ----------
    curves : Curves
    features, dims : int
        (2, 1) or (3, 2), as of the curves.

    Returns
    -------
    str
        LaTeX: what meets, p, I, the order of the transition, what makes the value exact (or the
        largest residual of the exact system at it), and how far the float route is from it.
    """
    rows = [*_points(curves, features), *_lines(curves, features), *_frozen(features, dims)]
    symmetry = " The exchange of the features maps $I$ to $1/I$." if features == 2 else ""
    caption = (
        f"Lines between phases for $n = {features}$, $m = {dims}$, importances "
        f"$({'1, ' * (features - 1)}I)$, rounded to {_DIGITS} decimals. Exact route: closed form, "
        "or the largest residual of the polynomial system of the point, in rational numbers. "
        "Float route: how far from it the search in floating point locates the same transition."
        + symmetry
    )
    heads = ["boundary", "$p$", "$I$", "order", "exact route", "float route"]
    return table(caption, "lllrrr", heads, rows)


def polygons_table(most_corners: int = 10) -> str:
    r"""Return the best regular k-gons for one active feature, from k = 3 on.

    Parameters
    ----------
    most_corners : int
        The last k.

    Returns
    -------
    str
        LaTeX: k, squared norm, bias, least loss of all k features, what they save beside dropping
        them, and the degree of the number t = -bias/(squared norm) that all of these are
        rational functions of.

    Examples
    --------
    >>> from superposition_proofs.phases.tables import polygons_table
    >>> print(polygons_table(5).splitlines()[-5])
    $5$ & $1.3699757668$ & $-0.2822972831$ & $0.0791281354$ & $1.5875385313$ & 8 \\
    """
    rows = []
    for k in range(3, most_corners + 1):
        polygon = polygon_optimum(k)
        numbers = (polygon.squared_norm, polygon.bias, k * polygon.loss, polygon.saving)
        bounds = (polygon.bounds(number, digits=3 * _DIGITS)[0] for number in numbers)
        degree = str(polygon.threshold.minimal.degree())
        shown = (f"${sympy.N(bound, 30).round(_POLYGON_DIGITS)}$" for bound in bounds)
        rows.append([f"${k}$", *shown, degree])
    caption = (
        "Regular $k$-gons of least loss with exactly one active feature, $m = 2$: squared norm, "
        "bias, loss of all $k$ outputs, and what they save beside dropping all $k$. "
        f"Rounded to {_POLYGON_DIGITS} decimals; all are rational functions of $t = -b/a$."
    )
    heads = ["$k$", "$a$", "$b$", "$L_k$", "$k/3 - L_k$", r"$\deg t$"]
    return table(caption, "rrrrrr", heads, rows)


def _points(curves: Curves, features: int) -> Iterator[list[str]]:
    """Return the special points."""
    end, corner = curves.points
    if features == 2:
        for point in tricritical_points():
            p, importance = (low for low, _ in point.bounds(digits=2 * _DIGITS))
            degree = point.density.minimal.degree()
            how = [f"root, degree {degree}", "--"]
            yield [
                "tricritical point, drop $|$ weak pair",
                _decimal(p),
                _decimal(importance),
                "changes",
                *how,
            ]
        triple = corner.exact
        assert triple is not None
        yield [
            "triple point, drop $|$ weak $|$ strong pair",
            _decimal(triple["p"]),
            _decimal(triple["I"]),
            "first",
            *_accuracy(corner),
        ]
        yield ["end of weak $|$ strong pair", _decimal(end.value), "$1$", "first", *_accuracy(end)]
        span = f"from {_decimal(end.value)}"
        yield ["weak $|$ weak pair, exchanged", span, "$1$", "first", "symmetry", "--"]
        return
    upright = next(c for c in curves.curves if c.name == "strong pair | weak pair")
    above = f"$\\ge {upright.importances.min():.2f}$"
    end_row = ["strong $|$ weak pair without 3", _decimal(end.value), above]
    corner_row = ["pair with 3 $|$ pair without 3 $|$ triangle", _decimal(corner.value), "$1$"]
    yield [*corner_row, "first", *_accuracy(corner)]
    yield [*end_row, "first", *_accuracy(end)]
    below = f"up to {_decimal(corner.value)}"
    yield ["pair with 3 $|$ pair without 3", below, "$1$", "first", "symmetry", "--"]


def _lines(curves: Curves, features: int) -> Iterator[list[str]]:
    """Return the lines at some densities."""
    last = f"drop {features}"
    yield from _located(f"{last} $|$ strong pair", curves.strong)
    if features == 2:
        for p, merging in curves.merging.items():
            value = critical_importance(p)
            gap = abs(float(merging.value) - float(value))
            place = [_given(p), _decimal(value)]
            yield [f"{last} $|$ weak pair", *place, "second", "closed form", _power(gap)]
        yield from _located(f"{last} $|$ weak pair", curves.weak)
        yield from _located("weak $|$ strong pair", curves.weak_strong)


def _located(name: str, points: Mapping[Fraction, Located]) -> Iterator[list[str]]:
    for p, point in points.items():
        order = "" if point.crossing is None else point.crossing.order
        yield [name, _given(p), _decimal(point.value), order, *_accuracy(point)]


def _frozen(features: int, dims: int) -> Iterator[list[str]]:
    """Return the frozen theory in closed form."""
    boundaries = frozen_boundaries(frozen_candidates(features, dims))
    for line in boundaries:
        name = f"frozen: {line.first.name} $|$ {line.second.name}"
        (low, high), *_ = line.extent
        value = f"${_fraction(line.value)}$"
        extent = f"${sympy.latex(low)}$ to ${sympy.latex(high)}$"
        place = [extent, value] if line.variable == IMPORTANCE else [value, extent]
        yield [name, *place, "first", "closed form", "--"]
    for p, importance in triple_points(boundaries):
        place = [f"${sympy.latex(p)}$", f"${sympy.latex(importance)}$"]
        yield ["frozen: triple point", *place, "first", "closed form", "--"]


def _fraction(value: sympy.Expr) -> str:
    """Return a rational function of p with a denominator that is positive for small p."""
    above, below = sympy.fraction(sympy.together(value))
    if below.subs(DENSITY, sympy.Rational(1, 100)) < 0:
        above, below = sympy.expand(-above), sympy.expand(-below)
    return (
        sympy.latex(above)
        if below == 1
        else rf"\frac{{{sympy.latex(above)}}}{{{sympy.latex(below)}}}"
    )


def _given(p: Fraction) -> str:
    return f"${float(p):g}$"


def _decimal(value: sympy.Expr) -> str:
    return f"${sympy.N(value, 3 * _DIGITS).round(_DIGITS)}$"


def _accuracy(point: Located) -> list[str]:
    """Return the residual, and by how much the two routes differ."""
    residual = None if point.exact is None else float(point.exact.residual)
    gap = None if point.crossing is None else abs(point.crossing.value - float(point.value))
    return [_power(residual), _power(gap)]


def _power(value: float | None) -> str:
    """Return a small number to one digit."""
    if not value:
        return "--" if value is None else "$0$"
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"${mantissa} \\cdot 10^{{{int(exponent)}}}$"
