r"""The numbers of the section on other polygons of the written proof, as LaTeX macros.

``proofs/pentagon/other_n.tex`` holds no number that a program found: they are in
``numbers_other_n.tex``, which ``python -m superposition_proofs.paper`` writes.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from superposition_numerics.certify import Fixed

from ..certificates import polygon_constants
from ..certificates.hexagon import APART, FLAT, NEIGHBOURHOOD, RATIO, STEEP
from ..certificates.polygons_critical import critical_point
from ..claims.neighbours import dual
from ..claims.other_polygons import FREE_SIX, SEVEN
from .macros import HEADER, macro, rational

_RING = Fixed(256)
_CORNERS = (5, 6, 7, 8)


def numbers() -> str:
    r"""Return the macros, one ``\newcommand`` a line.

    Examples
    --------
    >>> from superposition_proofs.paper.other_polygons import numbers
    >>> "\\newcommand{\\hexNorm}{1.743789790283202873323555142970}" in numbers().splitlines()
    True
    """
    lines = [
        HEADER,
        *_hexagon(),
        *_polygons(),
        *_points(),
    ]
    return "\n".join(lines) + "\n"


def _hexagon() -> Iterable[str]:
    """Yield the constants of the hexagon and of its inequality."""
    k = polygon_constants(6)
    loss = (_RING.number(k.loss) * 6).enclosure()
    for name, enclosure in {"Norm": k.squared_norm, "Bias": k.bias, "Loss": loss}.items():
        yield macro(f"hex{name}", enclosure.digits(30))
    yield macro("hexLossShort", loss.digits(6))
    for name, enclosure in {"Slope": k.slope, "Level": k.level, "Threshold": k.threshold}.items():
        yield macro(f"hex{name}", enclosure.digits(6))
    for name, number in {"Apart": APART, "Ratio": RATIO, "Steep": STEEP, "Flat": FLAT}.items():
        yield macro(f"hex{name}", rational(number))
    for name, side in zip(("BoxT", "BoxTheta"), NEIGHBOURHOOD, strict=True):
        ends = ", ".join(rational(end) for end in side)
        yield macro(f"hex{name}", rf"\bigl[{ends}\bigr]")


def _polygons() -> Iterable[str]:
    """Yield the rows of the table of critical polygons, and sums of their losses."""
    rows = []
    for k in _CORNERS:
        norm, bias = critical_point(k)
        loss = (_RING.number(polygon_constants(k).loss) * k).enclosure()
        rows.append(rf"{k} & {norm.digits(20)} & {bias.digits(20)} & {loss.digits(20)} \\")
    yield macro("polygonRows", "%\n".join(rows))
    eight = (_RING.number(polygon_constants(8).loss) * 8).enclosure()
    yield macro("lossEight", eight.digits(6))
    seven = _RING.number(polygon_constants(7).loss) * 7 + Fraction(1, 3)
    yield macro("lossSevenAndOne", seven.enclosure().digits(6))


def _points() -> Iterable[str]:
    """Yield G at the points where it is negative."""
    for name, point in {"Free": FREE_SIX, "Seven": SEVEN}.items():
        yield macro(f"below{name}", dual(point).digits(6))
