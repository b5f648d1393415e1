"""Two columns on one ray: the inequality of neighbours at exact points."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from superposition_numerics.certify import Enclosure
from superposition_theory.pentagon import overlap_loss, own_loss
from superposition_theory.phases import polygon_optimum
from sympy import Rational

from superposition_proofs.certificates import polygon_constants
from superposition_proofs.ledger import Context, Outcome
from superposition_proofs.ledger.json_values import Json


@dataclass(frozen=True)
class Neighbours:
    """Two columns on one ray, beside the constants of a k-gon.

    Attributes
    ----------
    corners : int
        k, also the number of features.
    roots : tuple of two str
        Their norms.
    biases : tuple of two str
    removed : tuple of two int, optional
        Corners of the polygons whose loss is taken off k F_k* to bound what each column, and what
        both columns, may cost; 0 for none. Without it they may cost anything.
    """

    corners: int
    roots: tuple[str, str]
    biases: tuple[str, str]
    removed: tuple[int, int] | None = None

    @property
    def own(self) -> tuple[Rational, ...]:
        """D and D', exactly."""
        return tuple(
            own_loss(Rational(r) ** 2, Rational(bias))
            for r, bias in zip(self.roots, self.biases, strict=True)
        )

    @property
    def overlap(self) -> Rational:
        """C + C', exactly."""
        product = Rational(self.roots[0]) * Rational(self.roots[1])
        return sum(overlap_loss(product, Rational(bias)) for bias in self.biases)

    @property
    def cost(self) -> Rational:
        """(D + D')/2 + C + C', exactly: G + K."""
        return sum(self.own) / 2 + self.overlap

    @property
    def keeps_to_its_bounds(self) -> bool:
        """Whether D and D', and D + D' + C + C', are certainly small enough."""
        if self.removed is None:
            return True
        each, both = (whole_loss(self.corners)[0] - whole_loss(k)[1] for k in self.removed)
        return bool(max(self.own) <= each and sum(self.own) + self.overlap <= both)


def whole_loss(corners: int) -> tuple[Rational, Rational]:
    """Return rational bounds of k F_k*, 0 for no corners.

    Examples
    --------
    >>> from superposition_proofs.claims.neighbours import whole_loss
    >>> whole_loss(0)
    (0, 0)
    """
    if not corners:
        return Rational(0), Rational(0)
    polygon = polygon_optimum(corners)
    return polygon.bounds(corners * polygon.loss)


def is_below_the_tangent(points: tuple[Neighbours, ...], context: Context) -> Outcome:
    """Decide whether G < 0 at points with theta = 0 that keep to their bounds.

    Examples
    --------
    >>> from superposition_proofs.claims.neighbours import Neighbours, is_below_the_tangent
    >>> from superposition_proofs.ledger import Context, Level
    >>> dropped = Neighbours(7, ("1", "0"), ("0", "0"))
    >>> is_below_the_tangent((dropped,), Context(Level.quick, 0)).holds
    True
    """
    rows: list[dict[str, Json]] = []
    for k, point in enumerate(points):
        if not point.keeps_to_its_bounds:
            return Outcome(False, f"point {k} is beyond its bounds", cases=k + 1, effective=k + 1)
        upper = dual(point).upper
        if upper >= 0:
            reason = f"G is {float(upper):.6f} at point {k}"
            return Outcome(False, reason, cases=k + 1, effective=k + 1)
        rows.append(
            {
                "lengths": list(point.roots),
                "biases": list(point.biases),
                "theta": "0",
                "G below": float(upper),
                "D + D' + C + C'": str(sum(point.own) + point.overlap),
            }
        )
    highest = max(float(str(row["G below"])) for row in rows)
    return Outcome(
        True,
        f"{len(rows)} exact points, G at most {highest:.6f}",
        -highest,
        len(rows),
        len(rows),
        witness=rows[0],
        details={"points": rows},
    )


def dual(point: Neighbours) -> Enclosure:
    """Return G at a point.

    Examples
    --------
    >>> from superposition_proofs.claims.neighbours import Neighbours, dual
    >>> dual(Neighbours(5, ("1", "0"), ("0", "1/6"))).digits(4)
    '-0.0276'
    """
    cost = Fraction(int(point.cost.p), int(point.cost.q))
    level = polygon_constants(point.corners).level
    return Enclosure(cost - level.upper, cost - level.lower)
