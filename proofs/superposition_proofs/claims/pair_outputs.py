"""One output of a pair of features in one dimension: its loss over the bias, and both signs."""

from __future__ import annotations

from functools import partial

import numpy as np
from superposition_numerics.matrices import FloatArray
from superposition_theory.phases import (
    BIAS,
    DENSITY,
    IMPORTANCE,
    OVERLAP,
    SQUARED_NORM,
    dropped_loss,
    pair_loss,
)
from sympy import (
    Expr,
    Rational,
    Symbol,
    diff,
    integrate,
)

from superposition_proofs.ledger import (
    Claim,
    ClaimKind,
    Reference,
    Status,
)

from .algebra import Identity, PositiveOn, Steps, by_algebra, replaced
from .trials import in_trials

p, a, s, b = DENSITY, SQUARED_NORM, OVERLAP, BIAS
t, x, _SHIFT = Symbol("t", positive=True), Symbol("x", positive=True), Symbol("u", positive=True)
SETTING = (
    r"n = 2,\ m = 1,\ 0 < p < 1,\ \text{importances } (1, I)",
    r"v = \tfrac p3 - \tfrac{p^2}{4}",
)
OUTPUT = (
    r"\ell(a, g, b) = \mathbf E (x - (a x + g y + b)_+)^2,\ a > 0,\ s > 0",
    r"m(a, g) = \min_b \ell(a, g, b)",
)

LONE_BIAS = r"c^* = \tfrac p2 (1 - a) \ (a \le 1),\ -a \tfrac{a - 1}{a + 1} \ (a > 1)"

# ---------------------------------------------------------------- one output


def _lone(bias: Expr, active: Expr | int = 0) -> Expr:
    """Return R(c), the loss of an output without partner, that is on for x > active."""
    silent = (1 - p) * bias**2 if active == 0 else 0
    rest = integrate((x - a * x - bias) ** 2, (x, active, 1))
    return silent + p * (integrate(x**2, (x, 0, active)) + rest)


def _partly() -> Expr:
    """Return R(-t a), 0 < t < 1."""
    return _lone(-t * a, t)


def _mean_over_biases(first: Expr) -> Expr:
    """Return (1 - p) R(first) + p int_0^1 R(b - s u) du, where the output is always on."""
    return (1 - p) * _lone(first) + p * integrate(_lone(b - s * _SHIFT), (_SHIFT, 0, 1))


_LONE = p * (1 - a) / 2  # c* for a <= 1
_FOLD = (a - 1) / (a + 1)  # t* for a > 1
_ON = {SQUARED_NORM: 1, OVERLAP: Rational(1, 2), BIAS: Rational(1)}

_OUTPUT_STEPS: Steps = (
    Identity("l is a mean of R over biases", lambda: pair_loss(_ON), _mean_over_biases(b)),
    Identity("R' for c >= 0", lambda: diff(_lone(b), b), 2 * (b - _LONE)),
    Identity("R at c* for a <= 1", lambda: _lone(_LONE), dropped_loss() * (1 - a) ** 2),
    Identity(
        "R'' at c = -t a falls in t",
        lambda: diff(_partly(), t, 2) / a**2,
        2 * p * (1 - t * (1 + 1 / a)),
    ),
    Identity("R' = 0 at c = -a", lambda: diff(_partly(), t).subs(t, 1), 0),
    Identity("R' = 0 at c* for a > 1", lambda: diff(_partly(), t).subs(t, _FOLD), 0),
    Identity("R at c* for a > 1", lambda: _partly().subs(t, _FOLD), p * _FOLD**2 / 3),
)

LONE_OUTPUT = Claim(
    "output-of-a-pair-without-partner",
    "An output whose partner is silent: its loss over the bias, and the mean that makes a pair",
    r"R'(c) = 2 (c - c^*),\ R(c^*) = v (1 - a)^2 \ (0 \le c,\ a \le 1);\ \allowbreak "
    r"R''(-t a) = 2 p (1 - t (1 + \tfrac1a)) \ (0 < t < 1);\ \allowbreak "
    r"R'(-a) = 0;\ \allowbreak "
    r"R'(c^*) = 0,\ R(c^*) = \tfrac p3 \bigl(\tfrac{a - 1}{a + 1}\bigr)^2 \ (a > 1)",
    (*SETTING, *OUTPUT, r"R(c) = \ell(a, 0, c)", LONE_BIAS),
    "ours",
    ClaimKind.theorem,
    (
        by_algebra(
            _OUTPUT_STEPS,
            {
                "the atom at the other end": replaced(
                    _OUTPUT_STEPS,
                    "l is a mean of R over biases",
                    stated=_mean_over_biases(b - s),
                ),
                "a missing 1/3": replaced(_OUTPUT_STEPS, "R at c* for a > 1", stated=p * _FOLD**2),
            },
            "pair-loss",
        ),
    ),
)

ONE_OUTPUT = Claim(
    "pair-output-over-its-bias",
    "The loss of an output of a pair over its bias: where it is least, and how it grows",
    r"m(a, -s) = \min_{c^* \le b \le c^* + s} \ell(a, -s, b),\ \allowbreak "
    r"\ell \text{ convex there};\quad m(a, -s) \text{ rises with } s",
    (*SETTING, *OUTPUT, LONE_BIAS),
    "ours",
    ClaimKind.theorem,
    (
        Reference(
            Status.written,
            "R is p/3 for c <= -a; R' is 0 at -a, convex beyond (at 0, R'' jumps from 2 p to 2), "
            "and negative right of -a: so R falls up to its minimum c* and rises from there. l(a, "
            "-s, b), the mean of R with weight 1 - p at b and p over [b - s, b], has the slope "
            "(1 - p) R'(b) + p (R(b) - R(b - s))/s, which is <= 0 for b <= c*, >= 0 for "
            "b - s >= c*, and rises in between, where R'(b) >= 0 >= R'(b - s). For a smaller s "
            "shrink [b - s, b] towards c*: R rises nowhere.",
            "ours",
            ("output-of-a-pair-without-partner",),
        ),
    ),
)

# ---------------------------------------------------------------- equal signs


def _affine_pairs() -> Expr:
    """Return what two outputs that are always on lose more than I v, over v, at the best a."""
    other, weight, own = Symbol("c", positive=True), IMPORTANCE, SQUARED_NORM
    loss = (1 - own) ** 2 + own * other + weight * ((1 - other) ** 2 + own * other)
    best = 1 - (1 + weight) * other / 2
    if diff(loss, own).subs(own, best).expand() != 0:
        raise ArithmeticError("the loss is not stationary at its best norm")
    return (loss.subs(own, best) - weight).subs(other, t).expand()


def parallel_excess(rng: np.random.Generator, *, sign: int = 1, points: int = 4001) -> float:
    """Return m(a, -s) - m(a, s), or its negative, beside the error of a grid, at a random draw.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_proofs.claims.pair_outputs import parallel_excess
    >>> parallel_excess(np.random.default_rng(0)) < 1
    True
    """
    density, norm, overlap = rng.uniform(0.05, 0.95), rng.uniform(0.1, 2), rng.uniform(0.1, 1.5)
    biases = np.linspace(-norm - overlap - 1, 2 + overlap, points)
    step = float(biases[1] - biases[0])
    width = round(overlap / step)
    loss = _lone_losses(density, norm, biases)
    sums = np.concatenate([[0.0], np.cumsum((loss[1:] + loss[:-1]) / 2)])
    means = (sums[width:] - sums[:-width]) / width
    opposite = float(((1 - density) * loss[width:] + density * means).min())
    parallel = float(((1 - density) * loss[:-width] + density * means).min())
    # |R''| <= 2 (1 + 1/a): the trapezoids err by a 12th of it times step^2, the minimum by an 8th
    return sign * (opposite - parallel) / (2 * (1 + 1 / norm) * step**2)


def _lone_losses(density: float, norm: float, c: FloatArray) -> FloatArray:
    """Return R at biases."""
    on = np.clip(-c / norm, 0, 1)  # where the output switches on
    gap = 1 - norm
    rest = gap**2 * (1 - on**3) / 3 - gap * c * (1 - on**2) + c**2 * (1 - on)
    return np.asarray(
        (1 - density) * np.maximum(c, 0) ** 2 + density * (on**3 / 3 + rest), dtype=np.float64
    )


_AFFINE_STEPS: Steps = (
    Identity(
        "excess over I v, over v, at the best a",
        _affine_pairs,
        t * (1 - IMPORTANCE) * (1 - t * (1 - IMPORTANCE) / 4),
    ),
    PositiveOn("1 - x/4 for x = a' (1 - I)", lambda: 1 - t / 4, t, Rational(0), Rational(1)),
)

AFFINE_PAIR = Claim(
    "outputs-that-are-always-on",
    "Two outputs that are never clipped lose as much as dropping a feature, or more",
    r"\min_a \bigl[(1 - a)^2 + a a' + I ((1 - a')^2 + a a')\bigr] - I = "
    r"a' (1 - I) \bigl(1 - \tfrac{a' (1 - I)}{4}\bigr) \ge 0",
    (r"a \in \mathbf R,\ 0 < a' \le 1,\ 0 < I \le 1",),
    "ours",
    ClaimKind.theorem,
    (
        by_algebra(
            _AFFINE_STEPS,
            {
                "a missing 1/4": replaced(
                    _AFFINE_STEPS,
                    "excess over I v, over v, at the best a",
                    stated=t * (1 - IMPORTANCE) * (1 - t * (1 - IMPORTANCE)),
                )
            },
        ),
    ),
)

EQUAL_SIGNS = Claim(
    "opposite-signs-are-no-worse",
    "Weights of opposite sign are no worse than weights of equal sign",
    r"m(a, -s) \le m(a, s);\quad \min L < I v \implies w_1 w_2 < 0 \text{ at every minimiser}",
    (*SETTING, r"0 < I \le 1", *OUTPUT),
    "ours",
    ClaimKind.theorem,
    (
        Reference(
            Status.written,
            "With y -> 1 - y, l(a, s, c) is the mean of R with weight 1 - p at the lower end "
            "and p over the interval [c, c + s]; l(a, -s, d) has the former at the upper end d. "
            "Let [c, d] be best for +s. If R(d) <= R(c) the same interval will do. If not, c < "
            "c* (else a shift to the left helps); shift it left until R(d') = R(c). What is "
            "lost lies above R(c), and is not below what is gained: at equal levels R is no "
            "steeper left of c* than right of it, as d(R'^2)/dR = 2 R'' and R'' rises (R' = 0 "
            "for c <= -a). Equality needs an R that is quadratic on all of it: then the output "
            "is always on. If both are, both a are below 1 and L >= I v. A weight that is 0 "
            "costs v or I v.",
            "ours",
            ("pair-output-over-its-bias", "outputs-that-are-always-on"),
        ),
        in_trials(
            parallel_excess,
            {"the signs exchanged": partial(parallel_excess, sign=-1)},
            "pair-output-over-its-bias",
            quick=60,
            full=1000,
            description="Both least losses on a grid of biases, at random densities and norms.",
        ),
    ),
)
