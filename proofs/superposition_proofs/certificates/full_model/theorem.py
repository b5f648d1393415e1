r"""The regular pentagon in the full model, for all densities 0 < p <= 7/5000.

Gamma, kappa, mu and K are those of the inequality in two variables, P and Q the coefficients of
D + 2 C = 1/3 - 2 a P + a^2 Q for b = -t a. Let rho = p/(1 - p), R = sum_{k>=2} rho^(k-1) T_k, and E
its value at the best pentagon. At a minimiser of the loss L_p the sum of Gamma over the ten triples
(a_j, t_j, angle) of the symmetrisation is at most 2 E; as every feature occurs in two of them, one
of these is at most E. That puts all (a_j, t_j) and all angles into a box (questions "angle",
"threshold", "least norm", "largest norm"). There, with y = a/a*,

    Psi = Gamma + r_s ln y + r_t (t - t*)
          - W_s (ln y)^2/2 - W_t (t - t*)^2/2 - W_theta (theta - 2 pi/5)^2,

where r holds the slopes of R at the best pentagon and W bounds its curvature, has a sum <= 0. On a
smaller set, convex in (ln a, t, theta), the Hessian of Gamma in these variables exceeds
diag(W_s, W_t, 2 W_theta) and a form l in (ln a, t) besides ("minor"); so Psi >= -eta there, the
depth of l/2 + r. Elsewhere Psi > 9 eta ("shifted"). So all ten triples lie in that set, on which
averaging over the symmetries of the pentagon lowers the loss.

For given t and theta all is decided at once for all a: Psi is bounded by a convex quadratic in a,
as ln y >= (y - 1) - (y - 1)^2/(2 m) and (ln y)^2 <= (y - 1)^2/m for y >= m, m <= 1; and the
Hessian, over a^2, is concave in 1/a, so that it is definite if it is so on the two faces.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from superposition_numerics.certify import (
    Box,
    Enclosure,
    Fixed,
    Formula,
    Positive,
    pi_enclosure,
)

from ..pentagon import THIRD, Bracket, PolygonConstants, polygon_constants
from ..theorems import Condition, Theorem
from .formulas import (
    LEAST,
    Edge,
    Least,
    Minor,
    OnEdge,
    Raised,
    Rise,
    Shifted,
)
from .losses import FAR, SIZES, PolygonLoss, Weights, curvature_weights


class Form(NamedTuple):
    """l = ss ds^2 + 2 st ds dt + tt dt^2, positive definite."""

    ss: Fraction
    st: Fraction
    tt: Fraction

    def depth(self, by_s: Any, by_t: Any) -> Any:
        """Return how far l(ds, dt)/2 + by_s ds + by_t dt falls below 0."""
        determinant = self.ss * self.tt - self.st**2
        form = self.tt * by_s**2 - 2 * self.st * (by_s * by_t) + self.ss * by_t**2
        return form / (2 * determinant)


DENSITY = Fraction(7, 5000)
_RING = Fixed(256)
_STEEP = Fraction(95, 64)  # kappa - 2 E > 1/3 for larger angles
_FLAT = Fraction(3, 4)  # Gamma > 2 E for larger t
_COSINE = Fraction(31, 64)  # above the cosine of the least angle
NORMS = (Fraction(285, 256), Fraction(109, 64))
THRESHOLDS = (Fraction(25, 256), Fraction(5, 16))
ANGLES = (Fraction(137, 128), Fraction(93, 64))
SINGLE_ANGLES = (Fraction(9, 8), Fraction(45, 32))  # where Gamma <= E
NEAR = ((Fraction(11, 64), Fraction(15, 64)), (Fraction(39, 32), Fraction(83, 64)))  # t, theta
EDGES = (Edge(Fraction(5, 4)), Edge(Fraction(57, 64), Fraction(5, 2)))
FORM = Form(Fraction(19, 100), Fraction(-71, 200), Fraction(73, 100))


@dataclass(frozen=True)
class SeveralActive:
    """R = sum_{k>=2} rho^(k-1) T_k for all rho up to a bound.

    Attributes
    ----------
    terms : tuple of Enclosure
        T_2, ..., T_5 at the best pentagon.
    excess : Enclosure
        E, the value of R at the best pentagon for the largest rho.
    norm_slope, threshold_slope : Enclosure
        r_s = dR/ds_j and r_t = dR/dt_j there, over rho.
    ratio : Fraction
        The largest rho.
    weights : Weights
        For the largest rho and the box of this module.

    Examples
    --------
    >>> from superposition_proofs.certificates.full_model.theorem import several_active
    >>> several_active().terms[0].digits(10)
    '2.4511904358'
    """

    terms: tuple[Enclosure, ...]
    excess: Enclosure
    norm_slope: Enclosure
    threshold_slope: Enclosure
    ratio: Fraction
    weights: Weights


@cache
def several_active(density: Fraction = DENSITY) -> SeveralActive:
    """Return what supports of two and more features add, for densities up to a bound.

    Parameters
    ----------
    density : Fraction
        The bound, p0.

    Returns
    -------
    SeveralActive

    Examples
    --------
    >>> from superposition_proofs.certificates.full_model.theorem import several_active
    >>> several_active().excess.digits(10)
    '0.0034458704'
    """
    k, ratio = polygon_constants(5), density / (1 - density)
    at = [_RING.number(k.squared_norm), _RING.number(k.threshold)]
    smaller = _RING.number(Enclosure(Fraction(0), ratio))
    terms, excess, slopes = [], at[0] * 0, [at[0] * 0, at[0] * 0]
    for size in SIZES:
        loss = Formula(PolygonLoss(size, k.cosine))
        terms.append(5 * loss.value(at))
        excess = excess + ratio ** (size - 1) * terms[-1]
        by_norm, by_threshold = loss.gradient(at)
        for i, slope in enumerate((by_norm * at[0], by_threshold)):
            slopes[i] = slopes[i] + smaller ** (size - 2) * slope
    return SeveralActive(
        tuple(term.enclosure() for term in terms),
        excess.enclosure(),
        slopes[0].enclosure(),
        slopes[1].enclosure(),
        ratio,
        curvature_weights(NORMS, THRESHOLDS, _COSINE, ratio),
    )


def full_model_theorem(
    density: Fraction = DENSITY, several: SeveralActive | None = None
) -> Theorem:
    """Return what has to be decided about the full model for all densities up to a bound.

    Parameters
    ----------
    density : Fraction
        The bound, p0.
    several : SeveralActive, optional
        What several active features add; others than those of the density make near misses.

    Returns
    -------
    Theorem

    Examples
    --------
    >>> from superposition_proofs.certificates.full_model.theorem import full_model_theorem
    >>> theorem = full_model_theorem()
    >>> [condition.text for condition in theorem.conditions if not condition.holds]
    []
    """
    k = polygon_constants(5)
    r = several_active(density) if several is None else several
    return Theorem(
        "full-model",
        f"For n = 5, m = 2 and 0 < p <= {density}: the localisation and the convexity by which "
        "every minimiser of the loss L_p is a regular pentagon of equal norms and biases, unique "
        "up to symmetry.",
        {
            "a": k.squared_norm,
            "t": k.threshold,
            "F": k.loss,
            "mu": k.slope,
            "K": k.level,
            **{f"T_{size}": term for size, term in zip(SIZES, r.terms, strict=True)},
            "E": r.excess,
        },
        tuple(_conditions(k, r)),
        (*_far_questions(k, r), *_near_questions(k, r)),
    )


def _conditions(k: PolygonConstants, r: SeveralActive) -> Iterator[Condition]:
    pi, mu, level, loss, excess, a, t = (
        _RING.number(x)
        for x in (pi_enclosure(), k.slope, k.level, k.loss, r.excess, k.squared_norm, k.threshold)
    )
    bend = (r.ratio * _RING.number(r.norm_slope) + r.weights.norm) / (2 * LEAST)
    floor = (1 - THRESHOLDS[1]) ** 3 / 3
    least, largest = EDGES
    differences = {
        "5 F* + E < 1/6": Fraction(1, 6) - 5 * loss - excess,
        "K + E < mu pi/2": mu * pi / 2 - level - excess,
        "K + 2 E < 95/64 mu": mu * _STEEP - level - 2 * excess,
        "95/64 < pi/2": pi / 2 - _STEEP,
        "(1 - t)(2 + t)^2/12 < 1/3 - K - 2 E at t = 3/4": (
            THIRD - level - 2 * excess - (1 - _FLAT) * (2 + _FLAT) ** 2 / 12
        ),
        "cos(137/128) < 31/64": _COSINE - _RING.number(ANGLES[0]).cos(),
        "pi/2 < 137/64": 2 * ANGLES[0] - pi / 2,
        "2 + 2 cos(2 pi/5) < 2619/1000": FAR - 2 - 2 * _RING.number(k.cosine),
        "0 < dR/ds": _RING.number(r.norm_slope),
        "13/16 a* < 285/256": NORMS[0] - LEAST * a,
        "Psi is convex in a": floor - bend / a**2,
        "l is positive definite": _RING.number(FORM.ss * FORM.tt - FORM.st**2),
        "5/4 < a*": a - least.constant,
        "a* < 57/64 + 5/2 t*": largest.constant + largest.rate * t - a,
    }
    for name, value, (low, high) in zip(("t*", "2 pi/5"), (t, 2 * pi / 5), NEAR, strict=True):
        differences[f"{low} < {name}"] = value - low
        differences[f"{name} < {high}"] = high - value
    for text, difference in differences.items():
        yield Condition(text, difference.enclosure())


def _far_questions(k: PolygonConstants, r: SeveralActive) -> Iterator[Positive]:
    """Yield what puts the triples with Gamma <= 2 E, and those with Gamma <= E, into boxes."""
    level, excess = _RING.number(k.level), _RING.number(r.excess)
    single = Raised(k.slope, (level + excess).enclosure())
    double = Raised(k.slope, (level + 2 * excess).enclosure())
    all_t, all_angles = (Fraction(0), _FLAT), (Fraction(0), _STEEP)
    for power in range(3):
        bracket = Formula(Bracket(power, k.slope, double.level))
        yield Positive(f"coefficient of beta^{power}", ("theta",), (all_angles,), bracket)
    yield Positive(
        "angle",
        ("t", "theta"),
        (all_t, all_angles),
        Formula(Least(double)),
        left_out=(all_t, ANGLES),
    )
    box = (THRESHOLDS, SINGLE_ANGLES)
    yield Positive(
        "threshold",
        ("t", "theta"),
        (all_t, all_angles),
        Formula(Least(single)),
        left_out=box,
    )
    for norm, sign, name in zip(NORMS, (-1, 1), ("least", "largest"), strict=True):
        yield from _beyond(single, box, Edge(norm), sign, f"{name} norm")


def _near_questions(k: PolygonConstants, r: SeveralActive) -> Iterator[Positive]:
    """Yield what puts all triples into the smaller set, and the definiteness there."""
    slopes = [r.ratio * _RING.number(x) for x in (r.norm_slope, r.threshold_slope)]
    eta = FORM.depth(*slopes)
    by_norm, by_threshold = (slope.enclosure() for slope in slopes)
    shifted = Shifted(k, by_norm, by_threshold, r.weights, (9 * eta).enclosure())
    names, domain = ("t", "theta"), (THRESHOLDS, ANGLES)
    yield Positive("shifted", names, domain, Formula(Least(shifted)), left_out=NEAR)
    yield from _beyond(shifted, NEAR, EDGES[0], -1, "shifted, least norm")
    yield from _beyond(shifted, NEAR, EDGES[1], 1, "shifted, largest norm")
    w = r.weights
    diagonal = Weights(w.norm + FORM.ss, w.threshold + FORM.tt, 2 * w.angle)
    for face, edge in zip(("least", "largest"), EDGES, strict=True):
        for size in (1, 2, 3):
            minor = Formula(Minor(size, edge, diagonal, FORM.st))
            yield Positive(f"minor {size}, {face} norm", ("t", "theta"), NEAR, minor)


def _beyond(
    parabola: Raised | Shifted,
    box: Box,
    edge: Edge,
    sign: int,
    name: str,
) -> Iterator[Positive]:
    """Yield that a quadratic in a is positive on and beyond a face over a box of (t, theta).

    On the face it is positive, and where its least value is not, it grows there.
    """
    for part, formula, constraints in (
        ("", OnEdge(parabola, edge), ()),
        (", vertex", Rise(parabola, edge, sign), (Formula(Least(parabola)),)),
    ):
        yield Positive(
            name + part,
            ("t", "theta"),
            box,
            Formula(formula),
            constraints=constraints,
        )
