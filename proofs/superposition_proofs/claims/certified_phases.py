"""Phases of two features in one dimension, certified as global optima."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, partial
from typing import Any, cast

import numpy as np
from superposition_numerics.certify import FLOATS, Formula, Proved, enclose_zero
from superposition_numerics.matrices import FloatArray
from superposition_theory.errors import InputError
from superposition_theory.phases import (
    BIAS,
    DENSITY,
    IMPORTANCE,
    OVERLAP,
    PENALTY,
    SQUARED_NORM,
    Branch,
    dropped_branch,
    dropped_loss,
    pair_branch,
    pair_loss,
    polygon_branch,
)
from sympy import (
    Expr,
    Poly,
    Rational,
    Symbol,
    cancel,
    diff,
    fraction,
    integrate,
    lambdify,
    together,
)

from superposition_proofs.certificates import decide_theorem
from superposition_proofs.certificates.phases import Line, dropped_theorem
from superposition_proofs.ledger import (
    Claim,
    ClaimKind,
    Context,
    Evidence,
    Level,
    Outcome,
    Reference,
    Status,
)

from .algebra import Identity, PositiveOn, Steps, by_algebra, replaced
from .certified import by_certificate, leaf_dropped
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
    >>> from superposition_proofs.claims.certified_phases import parallel_excess
    >>> parallel_excess(np.random.default_rng(0)) < 1
    True
    """
    density, norm, overlap = rng.uniform(0.05, 0.95), rng.uniform(0.1, 2), rng.uniform(0.1, 1.5)
    biases = np.linspace(-norm - 1, 2 + overlap, points)
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

# ---------------------------------------------------------------- certificates


def _cut_to_its_root(content: dict[str, Any]) -> None:
    """Forge a tree: the whole rectangle closed at once."""
    next(part for part in content["parts"] if part["name"] == "beyond")["tree"] = "c"


def _larger_importance(content: dict[str, Any]) -> None:
    """Forge a statement: a larger importance."""
    content["statement"] = content["statement"].replace("1/100", "1/10")


def _smaller_importance(content: dict[str, Any]) -> None:
    content["statement"] = content["statement"].replace("1/2", "1/8")


DROPPED = Claim(
    "dropping-is-globally-optimal",
    "Dropping the less important of two features is globally optimal, near p = 1/10",
    r"L(W, b) \ge I v(p) \quad \text{for all } W \in \mathbf R^{1 \times 2},\ b \in \mathbf R^2",
    (*SETTING, r"\tfrac{25}{256} \le p \le \tfrac{13}{128},\ 0 < I \le \tfrac1{100}"),
    "ours",
    ClaimKind.theorem,
    (
        by_certificate(
            "dropped-phase",
            {
                "a leaf is missing": leaf_dropped("ceiling"),
                "the whole rectangle at once": _cut_to_its_root,
                "a larger importance": _larger_importance,
            },
            "pair-output-over-its-bias",
            "opposite-signs-are-no-worse",
        ),
    ),
)

ANTIPODAL = Claim(
    "antipodal-pair-is-globally-optimal",
    "Every global minimiser is an antipodal pair, near p = 3/10",
    r"L(W, b) = \min L \implies w_1 w_2 < 0;\quad \min L < I v(p)",
    (*SETTING, r"\tfrac{9}{32} \le p \le \tfrac{5}{16},\ \tfrac12 \le I \le 1"),
    "ours",
    ClaimKind.theorem,
    (
        by_certificate(
            "antipodal-phase",
            {
                "a leaf is missing": leaf_dropped("saving"),
                "a smaller importance": _smaller_importance,
            },
            "opposite-signs-are-no-worse",
        ),
    ),
)

# ---------------------------------------------------------------- columns of the diagram


@dataclass(frozen=True)
class Bound:
    """Dropping is optimal for p between two numbers, and I up to a line.

    Attributes
    ----------
    densities : tuple of two Fraction
    line : Line
    """

    densities: tuple[Fraction, Fraction]
    line: Line


def is_dropped(bounds: tuple[Bound, ...], context: Context) -> Outcome:
    """Prove each bound by branch and bound."""
    boxes = 0
    for bound in bounds:
        theorem = dropped_theorem(bound.densities, bound.line)
        decision = decide_theorem(theorem, FLOATS, most_boxes=100_000)
        if decision.answer != "proved":
            low, high = (float(q) for q in bound.densities)
            return Outcome(False, f"{decision.answer} for {low} <= p <= {high}")
        boxes += sum(v.boxes for v in decision.verdicts.values() if isinstance(v, Proved))
    return Outcome(
        True, f"{len(bounds)} bounds proved with {boxes} boxes", cases=boxes, effective=boxes
    )


_UNIT = Fraction(1, 2**20)
_TENTH = (Fraction(104857, 2**20), Fraction(104858, 2**20))
_HALF = (Fraction(1, 2), Fraction(1, 2) + _UNIT)
_SIX_TENTHS = (Fraction(629145, 2**20), Fraction(629146, 2**20))
_BOUNDS = (
    Bound(_TENTH, Line(Fraction(486, 10**4))),  # I* = 0.04872
    Bound(_HALF, Line(Fraction(533, 10**3))),  # I* = 0.53574
    Bound(_SIX_TENTHS, Line(Fraction(662, 10**3))),  # I_c = 0.66540
)
_TOO_HIGH = (Bound(_TENTH, Line(Fraction(486, 10**4) * Fraction(51, 50))),)

CLOSE_BOUNDS = Claim(
    "dropping-is-optimal-close-to-the-boundary",
    "Dropping is globally optimal up to 1/2 percent below where a pair takes over",
    r"L \ge I v:\quad p = \tfrac1{10},\ I \le 0.0486;\quad p = \tfrac12,\ I \le 0.533;\quad "
    r"p = \tfrac35,\ I \le 0.662",
    SETTING,
    "ours",
    ClaimKind.theorem,
    (
        Evidence(
            "branch and bound",
            Status.certified,
            is_dropped,
            _BOUNDS,
            {"I 2 percent higher at p = 1/10": _TOO_HIGH},
            ("pair-output-over-its-bias", "opposite-signs-are-no-worse"),
            level=Level.full,
            description="In outward-rounded floats, on intervals around these densities.",
        ),
    ),
)

# ---------------------------------------------------------------- enclosures of boundaries


@dataclass(frozen=True)
class Point:
    """A boundary as a zero of a system, from a start, and its decimals.

    Attributes
    ----------
    name : str
    branches : tuple of Branch
        Stationary, with equal losses.
    unknown : tuple of Symbol
        Among p and I.
    fixed : dict from Symbol to Rational
        Of p, I and lambda.
    start : tuple of str
        Of the unknowns of the branches, and then of these.
    decimals : tuple of str
        Of the last ones.
    """

    name: str
    branches: tuple[Branch, ...]
    unknown: tuple[Symbol, ...]
    fixed: tuple[tuple[Symbol, Rational], ...]
    start: tuple[str, ...]
    decimals: tuple[str, ...]


@cache
def _numerator(function: Expr, variables: tuple[Symbol, ...]) -> Callable[..., Any]:
    """Return the numerator of a rational function, with integer coefficients."""
    poly = Poly(fraction(together(function))[0], *variables).clear_denoms(convert=True)[1]
    return cast("Callable[..., Any]", lambdify(variables, poly.as_expr(), "math"))


@dataclass(frozen=True)
class _Equation:
    """A numerator as a formula."""

    function: Expr
    variables: tuple[Symbol, ...]

    def __call__(self, values: Sequence[Any]) -> Any:
        return _numerator(self.function, self.variables)(*values)


def are_enclosed(points: tuple[Point, ...], context: Context) -> Outcome:
    """Enclose each zero by Krawczyk's test inside the cells of its branches.

    Examples
    --------
    >>> from superposition_proofs.claims.certified_phases import BOUNDARY_POINTS, are_enclosed
    >>> from superposition_proofs.ledger import Context, Level
    >>> are_enclosed(BOUNDARY_POINTS[:1], Context(Level.quick, 0)).holds
    True
    """
    details: dict[str, Any] = {}
    for point in points:
        variables = tuple(v for branch in point.branches for v in branch.unknowns) + point.unknown
        fixed = dict(point.fixed)
        first, *others = point.branches
        equations = [e for branch in point.branches for e in branch.equations]
        equations += [branch.loss - first.loss for branch in others]
        formulas = [Formula(_Equation(e.subs(fixed), variables)) for e in equations]
        try:
            zero = enclose_zero(formulas, [Fraction(text) for text in point.start], digits=30)
            found = [side.digits(20) for side in zero[-len(point.unknown) :]]
        except InputError as error:
            return Outcome(False, f"{point.name}: {error}")
        inside = [e.subs(fixed) for branch in point.branches for e in branch.positive]
        middle = dict(zip(variables, (_rational(side.middle) for side in zero), strict=True))
        if not all(cancel(e).subs(middle) > Rational(1, 10**6) for e in inside):
            return Outcome(False, f"{point.name}: the zero is not inside the cells")
        if tuple(found) != point.decimals:
            return Outcome(False, f"{point.name}: {', '.join(found)}")
        details[point.name] = found
    return Outcome(
        True,
        f"{len(points)} zeros enclosed to 20 decimals",
        cases=len(points),
        effective=len(points),
        details=details,
    )


def _rational(value: Fraction) -> Rational:
    return Rational(value.numerator, value.denominator)


def _pair(name: str, *at: str) -> Branch:
    values = (Rational(text) for text in at)
    return pair_branch(dict(zip(("u", "v", "b1", "b2"), values, strict=True)), name=name)


_FREE = ((PENALTY, Rational(0)),)
_AT_TENTH = ("1.01357641", "0.60483926", "0.00054768", "0.03360513")
_AT_HALF = ("1.02954840", "0.75626184", "0.06055977", "0.19663094")
_WEAK = ("1.00042498", "0.00337006", "0.00029327", "0.25672877")
_STRONG = ("1.02421140", "0.75554528", "0.06815875", "0.20594814")
_SYMMETRIC = ("0.57008284", "0.33373594")
_ASYMMETRIC = ("0.91577705", "0.51610787", "0.19780537", "0.42522981")

BOUNDARY_POINTS = (
    Point(
        "drop | strong pair at p = 1/10",
        (_pair("strong", *_AT_TENTH), dropped_branch()),
        (IMPORTANCE,),
        (*_FREE, (DENSITY, Rational(1, 10))),
        (*_AT_TENTH, "0.0487219"),
        ("0.04872189790215426007",),
    ),
    Point(
        "drop | strong pair at p = 1/2",
        (_pair("strong", *_AT_HALF), dropped_branch()),
        (IMPORTANCE,),
        (*_FREE, (DENSITY, Rational(1, 2))),
        (*_AT_HALF, "0.5357388"),
        ("0.53573876406532962351",),
    ),
    Point(
        "drop | weak | strong pair",
        (_pair("weak", *_WEAK), _pair("strong", *_STRONG), dropped_branch()),
        (IMPORTANCE, DENSITY),
        _FREE,
        (*_WEAK, *_STRONG, "0.56413137", "0.51173803"),
        ("0.56413136534766603230", "0.51173803211760022658"),
    ),
    Point(
        "symmetric | asymmetric pair at I = 1",
        (
            polygon_branch(2, {"a": Rational(_SYMMETRIC[0]), "b": Rational(_SYMMETRIC[1])}),
            _pair("asymmetric", *_ASYMMETRIC),
        ),
        (DENSITY,),
        (*_FREE, (IMPORTANCE, Rational(1))),
        (*_SYMMETRIC, *_ASYMMETRIC, "0.70640369"),
        ("0.70640369267321759707",),
    ),
)

_WRONG_DIGIT = (replace(BOUNDARY_POINTS[0], decimals=("0.04872189790215426008",)),)
_OTHER_DENSITY = (replace(BOUNDARY_POINTS[1], fixed=(*_FREE, (DENSITY, Rational(5001, 10000)))),)

ENCLOSED = Claim(
    "phase-boundaries-enclosed",
    "Points where stationary pairs and dropping have equal losses, enclosed to 20 decimals",
    r"I^*(\tfrac1{10}) = 0.04872\,18979\,02154\,26007\ldots,\ \allowbreak "
    r"I^*(\tfrac12) = 0.53573\,87640\,65329\,62351\ldots;\ \allowbreak "
    r"\text{drop, weak and strong pair: } p = 0.51173\,80321\ldots,\ \allowbreak "
    r"I = 0.56413\,13653\ldots;\ \allowbreak "
    r"(w, -w) \text{ and } (u, -v): p = 0.70640\,36926\ldots",
    (*SETTING, r"\text{stationary in weights and biases, of equal loss}"),
    "ours",
    ClaimKind.theorem,
    (
        Evidence(
            "Krawczyk",
            Status.certified,
            are_enclosed,
            BOUNDARY_POINTS,
            {"a wrong last decimal": _WRONG_DIGIT, "p = 0.5001": _OTHER_DENSITY},
            ("pair-loss",),
            level=Level.full,
            description="Each system has one zero in a box of balls, inside the cells of the loss.",
        ),
    ),
)

CLAIMS = (
    LONE_OUTPUT,
    ONE_OUTPUT,
    AFFINE_PAIR,
    EQUAL_SIGNS,
    DROPPED,
    ANTIPODAL,
    CLOSE_BOUNDS,
    ENCLOSED,
)
