r"""The numbers of the written proof of the pentagon theorem, as LaTeX macros.

The text in ``proofs/pentagon/pentagon.tex`` holds no number that a program found: they are in
``numbers.tex``, which ``python -m superposition_proofs.paper`` writes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction

from superposition_numerics.certify import Enclosure, Fixed, Formula

from ..certificates import pentagon_theorem, polygon_constants
from ..certificates.check import parsed
from ..certificates.files import stored
from ..certificates.pentagon import NEIGHBOURHOOD, STEEP, Excess
from ..claims.neighbours import dual
from ..claims.pentagon.inequality import corner
from ..claims.pentagon.limits import BELOW, PENTAGON, square_loss
from ..claims.pentagon.reduction import POLYNOMIALS
from .macros import HEADER, hash_in_groups, macro, rational

_RING = Fixed(256)
_NAMES = {
    "threshold": "Threshold",
    "squared_norm": "Norm",
    "bias": "Bias",
    "loss": "Loss",
    "slope": "Slope",
    "level": "Level",
    "cosine": "Cosine",
}
_PARTS = {
    "coefficient of beta^0": (r"$\kappa\,\frac{1 + 2c^2}3 - \frac19$", r"$\theta$"),
    "coefficient of beta^1": (r"$\kappa (1 + 2c) - \frac13$", r"$\theta$"),
    "coefficient of beta^2": (r"$3\kappa - \frac14$", r"$\theta$"),
    "outside": (r"$H$ outside $N$", r"$(t, \theta)$"),
    "neighbourhood": (r"$\nabla^2 H$ on $N$", r"$(t, \theta)$"),
}
_RULES = "xncd"


def numbers() -> str:
    r"""Return the macros, one ``\newcommand`` a line.

    Examples
    --------
    >>> from superposition_proofs.paper.pentagon import numbers
    >>> "\\newcommand{\\valLoss}{0.015825627074494197669821482295}" in numbers().splitlines()
    True
    """
    constants = polygon_constants(5)
    lines = [HEADER]
    for field, name in _NAMES.items():
        enclosure = getattr(constants, field)
        lines.append(macro(f"val{name}", enclosure.digits(30)))
        lines.append(macro(f"val{name}Short", enclosure.digits(6)))
    total = Enclosure(5 * constants.loss.lower, 5 * constants.loss.upper)
    lines.append(macro("valTotal", total.digits(30)))
    lines.append(macro("valTotalShort", total.digits(6)))
    for quantity, coefficients in POLYNOMIALS.items():
        name = "".join(word.capitalize() for word in quantity.split())
        lines.append(macro(f"poly{name}", polynomial(coefficients)))
    lines += [*_conditions(), *_hessian(), *_controls(), *_certificate()]
    return "\n".join(lines) + "\n"


def polynomial(coefficients: Sequence[int], variable: str = "x") -> str:
    r"""Return a polynomial in LaTeX, the highest power first, that may break before each term.

    Examples
    --------
    >>> from superposition_proofs.paper.pentagon import polynomial
    >>> polynomial((4, 0, -1))
    '4 x^{2}{} \\allowbreak - 1'
    """
    degree = len(coefficients) - 1
    terms: list[str] = []
    for power, coefficient in zip(range(degree, -1, -1), coefficients, strict=True):
        if not coefficient:
            continue
        factor = {0: "", 1: variable}.get(power, f"{variable}^{{{power}}}")
        sign = "-" if coefficient < 0 else "+" if terms else ""
        size = str(abs(coefficient)) if abs(coefficient) > 1 or not power else ""
        terms.append(" ".join(part for part in (sign, size, factor) if part))
    return r"{} \allowbreak ".join(terms)


def _interval(side: tuple[Fraction, Fraction]) -> str:
    """Return an interval in LaTeX."""
    return rf"\bigl[{rational(side[0])}, {rational(side[1])}\bigr]"


def _conditions() -> Iterable[str]:
    """Yield the differences of the strict inequalities between constants, and the boxes."""
    for k, condition in enumerate(pentagon_theorem().conditions[:5]):
        yield macro(f"margin{chr(ord('A') + k)}", condition.difference.digits(6))
    yield macro("valSteep", rational(STEEP))
    yield macro("valBoxT", _interval(NEIGHBOURHOOD[0]))
    yield macro("valBoxTheta", _interval(NEIGHBOURHOOD[1]))


def _hessian() -> Iterable[str]:
    """Yield the second derivatives of H at the pentagon."""
    constants = polygon_constants(5)
    excess = Formula(Excess(constants.slope, constants.level))
    rows = excess.hessian([_RING.number(constants.threshold), corner()])
    for name, entry in (("TT", rows[0][0]), ("TTheta", rows[1][0]), ("ThetaTheta", rows[1][1])):
        yield macro(f"valHessian{name}", entry.enclosure().digits(6))


def _controls() -> Iterable[str]:
    """Yield the losses of the exact points of the negative controls."""
    for name, point in (("ZeroColumn", BELOW[0]), ("WeakColumn", BELOW[1])):
        yield macro(f"valWith{name}", dual(point).digits(6))
    square, loss = (Fraction(int(x.p), int(x.q)) for x in (square_loss(), PENTAGON.loss))
    yield macro("valSquare", rational(square))
    yield macro("valSquareShort", Enclosure(square, square).digits(6))
    yield macro("valRationalPentagon", Enclosure(loss, loss).digits(6))
    columns = r",\allowbreak\ ".join(f"({x}, {y})" for x, y in PENTAGON.columns)
    yield macro("valRationalColumns", columns)
    yield macro("valRationalBias", PENTAGON.bias)


def _certificate() -> Iterable[str]:
    """Yield what the certificate that is kept says of itself, and a row for each of its parts."""
    content = parsed(stored("pentagon").read_text(encoding="utf-8"))
    rows, closed = [], 0
    for part in content["parts"]:
        text, variables = _PARTS[part["name"]]
        counts = Counter(part["tree"])
        leaves = sum(count for mark, count in counts.items() if not mark.isdigit())
        closed += leaves
        cells = [text, variables, str(leaves), *(str(counts[rule]) for rule in _RULES)]
        rows.append(" & ".join(cells) + r" \\")
    yield macro("valLeaves", closed)
    yield macro("valPartRows", "%\n".join(rows))
    yield macro("valHash", hash_in_groups(str(content["sha256"])))
