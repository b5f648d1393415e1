r"""One output of two features in one dimension, beside a partner of opposite sign.

The output of a feature x with squared norm a, whose partner y has the inner product -s < 0 with
it, is (z)_+ with z = a x - s y + b. Its loss is l(p, a, s, b) = E(x - z_+)^2, where x and y are 0
with probability 1 - p and uniform on [0, 1] otherwise. What is used of it, with R(c) = E(x - (a x
+ c)_+)^2:

* l is the mean of R over biases: R(b) with weight 1 - p, and R(b - s u), 0 <= u <= 1, with weight
  p.
* R falls up to c* and rises from there; R' is convex where a x + c > 0 for some x. Here c* = p (1
  - a)/2 for a <= 1, and -a (a - 1)/(a + 1) for a > 1.
* So l falls in b up to c*, is convex between c* and c* + s, and rises from there.

The slopes of l are differences of moments, each of which is monotone in z: on a box they are
bounded by their values at two corners. The least value over b is enclosed with its slopes by
bracketing the best bias, where the slope in b changes its sign for all points of the box.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)
_STEPS = 11  # the best bias is bracketed to s/2^11


def silent_loss(p: Any) -> Any:
    """Return v(p) = p/3 - p^2/4, the loss of a dropped feature.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_proofs.certificates.phases.outputs import silent_loss
    >>> silent_loss(Fraction(1, 2))
    Fraction(5, 48)
    """
    return p * THIRD - p**2 / 4


def lone_bias(p: Any, a: Any) -> Any:
    """Return c*(p, a), the best bias of an output whose partner is silent."""
    beyond = (a - 1).positive_part()
    return p / 2 * (1 - a).positive_part() - beyond * a / (a + 1)


class _Tail:
    """The moments int_0^1 x^j (q - a x)_+^k dx for q >= 0, without cancellation for small a."""

    def __init__(self, a: Any, q: Any) -> None:
        self.end = 1 - (1 - q / a).positive_part()
        self.first, self.last = q, (q - a).positive_part()

    def moment(self, j: int, k: int) -> Any:
        q, r, end = self.first, self.last, self.end
        if j == 0:
            return end * sum((q ** (k - i) * r**i for i in range(1, k + 1)), q**k) / (k + 1)
        if (j, k) == (1, 1):
            return end**2 * (q / 6 + r / 3)
        if (j, k) == (1, 2):
            return end**2 * (q**2 / 12 + q * r / 6 + r**2 / 4)
        return end**3 * (q / 12 + r / 4)  # (2, 1)


class _Cell:
    """Tails of an output at a point: where the partner is on, and where x alone is."""

    def __init__(self, a: Any, s: Any, b: Any) -> None:
        self.a, self.s, self.b = a, s, b
        self.q, self.o = (s - b).positive_part(), (-b).positive_part()
        self.on, self.off = _Tail(a, self.q), _Tail(a, self.o)

    def difference(self, j: int, k: int) -> Any:
        return self.on.moment(j, k) - self.off.moment(j, k)


Triple = tuple[Any, Any, Any]  # with no, exactly one (both cases added) and two active features


def _mean(cell: _Cell) -> Triple:
    """Return E z_+; it rises with z."""
    a, s, b, q, o = cell.a, cell.s, cell.b, cell.q, cell.o
    x_alone = a / 2 + b + cell.off.moment(0, 1)
    y_alone = b - s / 2 + (q**2 - o**2) / (2 * s)
    both = (a - s) / 2 + b + cell.difference(0, 2) / (2 * s)
    return b.positive_part(), x_alone + y_alone, both


def _active(cell: _Cell) -> Triple:
    """Return E x 1{z > 0}; it rises with z."""
    return 0, (1 - cell.off.end**2) / 2, HALF - cell.difference(1, 1) / cell.s


def _x_product(cell: _Cell) -> Triple:
    """Return E x z_+; it rises with z."""
    a, s, b = cell.a, cell.s, cell.b
    both = a / 3 - s / 4 + b / 2 + cell.difference(1, 2) / (2 * s)
    return 0, a / 3 + b / 2 + cell.off.moment(1, 1), both


def _x_square(cell: _Cell) -> Triple:
    """Return E x^2 1{z > 0}; it rises with z."""
    return 0, (1 - cell.off.end**3) / 3, THIRD - cell.difference(2, 1) / cell.s


def _y_product(cell: _Cell) -> Triple:
    """Return E y z_+; it rises with z."""
    a, s, b, q, o = cell.a, cell.s, cell.b, cell.q, cell.o
    alone = b / 2 - s / 3 + q**2 / (2 * s) - (q**3 - o**3) / (6 * s**2)
    on = cell.on.moment(0, 2) / (2 * s) - cell.difference(0, 3) / (6 * s**2)
    return 0, alone, a / 4 - s / 3 + b / 2 + on


def _mixed(cell: _Cell) -> Triple:
    """Return E x y 1{z > 0}; it rises with z."""
    silent = cell.on.moment(1, 1) / cell.s - cell.difference(1, 2) / (2 * cell.s**2)
    return 0, 0, Fraction(1, 4) - silent


def _losses(cell: _Cell) -> Triple:
    """Return the expected loss."""
    a, s, b, q, o = cell.a, cell.s, cell.b, cell.q, cell.o
    gap = (1 - a) / 2
    x_alone = (gap - b) ** 2 + gap**2 / 3 - cell.off.moment(0, 2) - 2 * cell.off.moment(1, 1)
    y_alone = (b - s / 2) ** 2 + s**2 / 12 - (q**3 - o**3) / (3 * s)
    both = (gap + s / 2 - b) ** 2 + gap**2 / 3 + s**2 / 12
    clipped = (cell.difference(0, 3) / 3 + cell.difference(1, 2)) / s
    return b.positive_part() ** 2, x_alone + y_alone, both - clipped


def _chances(p: Any) -> Triple:
    """Return the probabilities that no, a given one, and both features are active."""
    return (1 - p) ** 2, p * (1 - p), p**2


def _expected(weights: Triple, moments: Triple) -> Any:
    return sum(w * m for w, m in zip(weights[1:], moments[1:], strict=True)) + (
        weights[0] * moments[0]
    )


def output_loss(p: Any, a: Any, s: Any, b: Any) -> Any:
    """Return l(p, a, s, b) by its closed form.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import Fixed
    >>> from superposition_proofs.certificates.phases.outputs import output_loss
    >>> ring = Fixed(128)
    >>> at = [ring.number(Fraction(*x)) for x in ((1, 2), (1, 1), (1, 1), (1, 10))]
    >>> bool(abs(2 * output_loss(*at).bounds()[0] - 9259 / 120000) < 1e-15)
    True
    """
    return _expected(_chances(p), _losses(_Cell(a, s, b)))


def least_value(p: Any, a: Any, s: Any) -> Any:
    """Return an enclosure of m(p, a, s) = min over b of l, for all points of a box.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_numerics.certify import Fixed
    >>> from superposition_proofs.certificates.phases.outputs import least_value
    >>> ring = Fixed(64)
    >>> low, high = least_value(*(ring.number(Fraction(1, k)) for k in (2, 2, 10))).bounds()
    >>> low <= 5 / 48 * (1 / 2**2 + 1 / 10**2) <= high < low + 1e-6  # always on
    True
    """
    biases = best_biases(p, a, s)
    b = _middle(biases)
    slope = _slope_bounds(p, a, s, b)
    return output_loss(p, a, s, b) + slope * (biases - b)


def least_slopes(p: Any, a: Any, s: Any) -> tuple[Any, Any, Any]:
    """Return enclosures of the slopes of m in p, a and s on a box.

    By Danskin's theorem they are those of l at the best biases. That in p is enclosed by its mean
    value form.
    """
    b = best_biases(p, a, s)
    cells = _corners(a, s, b)
    in_a = _doubled_difference(_x_product, _x_square, cells)
    in_s = _doubled_difference(_mixed, _y_product, cells)
    in_b = _doubled_difference(_mean, _active, cells)
    centre = tuple(_middle(x) for x in (a, s, b))
    losses = tuple(
        loss
        + sum(
            slopes[k] * (x - m)
            for slopes, x, m in zip((in_a, in_s, in_b), (a, s, b), centre, strict=True)
        )
        for k, loss in enumerate(_losses(_Cell(*centre)))
    )
    rates = (2 * p - 2, 1 - 2 * p, 2 * p)
    return (
        _expected(rates, losses),
        _expected(_chances(p), in_a),
        _expected(_chances(p), in_s),
    )


def best_biases(p: Any, a: Any, s: Any) -> Any:
    """Return an interval that holds a best bias for every point of a box.

    It lies in [c*, c* + s]. Below it the slope in b is negative at all points of the box, or it
    begins at c*; above it likewise.
    """
    lone = lone_bias(p, a)
    least, most = lone.lower_end(), (lone + s).upper_end()
    falling, limit = least, most
    for _ in range(_STEPS):
        b = _middle(falling.hull(limit))
        yes = (-_slope_above(p, a, s, b)).positive_part(0).lower_end()
        falling = (falling + (b - falling) * yes).lower_end()
        limit = (b + (limit - b) * yes).upper_end()
    rising, limit = most, falling
    for _ in range(_STEPS):
        b = _middle(limit.hull(rising))
        yes = _slope_below(p, a, s, b).positive_part(0).lower_end()
        rising = (rising + (b - rising) * yes).upper_end()
        limit = (b + (limit - b) * yes).lower_end()
    return falling.hull(rising)


def _corners(a: Any, s: Any, b: Any) -> tuple[_Cell, _Cell]:
    """Return where z is least, and where it is largest."""
    return (
        _Cell(a.lower_end(), s.upper_end(), b.lower_end()),
        _Cell(a.upper_end(), s.lower_end(), b.upper_end()),
    )


def _doubled_difference(
    rising: Callable[[_Cell], Triple],
    falling: Callable[[_Cell], Triple],
    cells: tuple[_Cell, _Cell],
) -> Triple:
    """Return 2 (f - g) between two corners for moments f and g that rise with z."""
    low, high = cells
    parts = zip(rising(low), rising(high), falling(low), falling(high), strict=True)
    return tuple(2 * (_hull(a, b) - _hull(c, d)) for a, b, c, d in parts)


def _slope_above(p: Any, a: Any, s: Any, b: Any) -> Any:
    """Return numbers, the upper of which is not exceeded by the slope in b."""
    low, high = _corners(a, s, b)
    chances = _chances(p)
    return 2 * (_expected(chances, _mean(high)) - _expected(chances, _active(low)))


def _slope_below(p: Any, a: Any, s: Any, b: Any) -> Any:
    """Return numbers, the lower of which does not exceed the slope in b."""
    low, high = _corners(a, s, b)
    chances = _chances(p)
    return 2 * (_expected(chances, _mean(low)) - _expected(chances, _active(high)))


def _slope_bounds(p: Any, a: Any, s: Any, b: Any) -> Any:
    return _slope_below(p, a, s, b).hull(_slope_above(p, a, s, b))


def _hull(first: Any, second: Any) -> Any:
    return first if isinstance(first, int) else first.hull(second)


def _middle(interval: Any) -> Any:
    """Return a number near the middle of an interval."""
    return ((interval.lower_end() + interval.upper_end()) / 2).lower_end()
