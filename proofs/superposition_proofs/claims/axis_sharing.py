"""Features that share an axis: the least loss with one nonzero weight for each feature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from superposition_numerics.landscape import Setting, global_minimum
from superposition_theory.phases import BIAS, DENSITY, dropped_loss
from superposition_theory.toy_model import Cell, loss_on_cell
from sympy import Expr, Matrix, Rational, symbols

from superposition_proofs.ledger import (
    Claim,
    ClaimKind,
    Context,
    Evidence,
    Level,
    Outcome,
    Status,
)

from .algebra import Decided, Identity, Steps, by_algebra, decide_steps, replaced
from .axis_pairs import CLAIMS as PAIR_CLAIMS
from .axis_pairs import DROP_COST, ONE_WEIGHT, SOURCE, Axis
from .hypotheses import UNIFORM

p = DENSITY
_V = dropped_loss()

# ---------------------------------------------------------------- every sparsity

_N, _M, _FROZEN, _DROPPED, _BIASED, _WEAK = symbols("n m P v L_b L_w")


def _excess(frozen_cost: Expr, cost: Expr) -> Expr:
    """Return a side of the formula less the loss with m pairs and n - 2 m drops."""
    return frozen_cost - (_M * cost + (_N - 2 * _M) * _DROPPED)


_EVERYWHERE: Steps = (
    Identity(
        "dropping n - m features less m weak pairs",
        partial(_excess, (_N - _M) * _DROPPED, _WEAK),
        _M * (_DROPPED - _WEAK),
    ),
    Identity(
        "m frozen pairs less m biased pairs",
        partial(_excess, _M * _FROZEN + (_N - 2 * _M) * _DROPPED, _BIASED),
        _M * (_FROZEN - _BIASED),
    ),
)


def below_everywhere(name: str, *, against: bool = False) -> Evidence[Steps]:
    """Return the evidence that the formula is too large for all n >= 2 m and 0 < p < 1.

    Examples
    --------
    >>> from superposition_proofs.claims.axis_sharing import below_everywhere
    >>> below_everywhere("algebra").uses
    ('axes-add-up', 'pairs-beat-the-frozen-axis')
    """
    return Evidence(
        name,
        Status.proved,
        decide_steps,
        _EVERYWHERE,
        {
            "n - m drops beside m pairs": replaced(
                _EVERYWHERE,
                "m frozen pairs less m biased pairs",
                derived=partial(_excess, _M * _FROZEN + (_N - _M) * _DROPPED, _BIASED),
            )
        },
        ("axes-add-up", "pairs-beat-the-frozen-axis"),
        against=against,
        description="Each of the two sides exceeds the loss of m pairs and n - 2 m drops.",
    )


@dataclass(frozen=True)
class Grid:
    """Where exact witnesses below the formula are wanted.

    Attributes
    ----------
    sparsities : tuple of str
        S = 1 - p.
    dimensions : int
        m runs from 1 to this, and n from 2 m to 2 m + 2.
    pairs : mapping of str to Axis
        The pair to put on each axis, by S.
    """

    sparsities: tuple[str, ...]
    dimensions: int
    pairs: Mapping[str, Axis]


def has_witnesses(grid: Grid, context: Context) -> Outcome:
    """Decide whether m pairs and n - 2 m drops cost less than the formula, exactly.

    Examples
    --------
    >>> from superposition_proofs.claims.axis_pairs import Axis
    >>> from superposition_proofs.claims.axis_sharing import Grid, has_witnesses
    >>> from superposition_proofs.ledger import Context, Level
    >>> grid = Grid(("1/2",), 2, {"1/2": Axis(("1", "-1"), ("1/10", "1/10"))})
    >>> has_witnesses(grid, Context(Level.quick, 0)).cases
    6
    """
    margins, cases = [], 0
    for sparsity in grid.sparsities:
        density = 1 - Rational(sparsity)
        drop = _V.subs(p, density)
        pair = grid.pairs[sparsity].loss(density)
        for m in range(1, grid.dimensions + 1):
            for n in range(2 * m, 2 * m + 3):
                cases += 1
                cost = m * pair + (n - 2 * m) * drop
                formula = min((n - m) * drop, m * density**2 / 3 + (n - 2 * m) * drop)
                if not cost < formula:
                    reason = f"S = {sparsity}, n = {n}, m = {m}: {cost} is not below {formula}"
                    return Outcome(False, reason, cases=cases, effective=cases)
                margins.append(1 - cost / formula)
    reason = f"{cases} exact losses below the formula"
    return Outcome(True, reason, float(min(margins)), cases, cases)


# Rationals near the best pair at each S; for the smallest S it is not symmetric.
_WITNESSES = {
    "1/10": Axis(("93/100", "-2/5"), ("11/50", "11/20")),
    "1/5": Axis(("93/100", "-11/25"), ("21/100", "49/100")),
    "3/10": Axis(("19/25", "-19/25"), ("33/100", "33/100")),
    "2/5": Axis(("87/100", "-87/100"), ("11/50", "11/50")),
    "1/2": Axis(("97/100", "-97/100"), ("1/10", "1/10")),
    "3/5": Axis(("1", "-1"), ("1/25", "1/25")),
    "7/10": Axis(("1", "-1"), ("1/50", "1/50")),
    "4/5": Axis(("1", "-1"), ("1/200", "1/200")),
    "9/10": Axis(("1", "-1"), ("1/1000", "1/1000")),
    "99/100": Axis(("1", "-1"), ("1/100000", "1/100000")),
}
_GRID = Grid(tuple(_WITNESSES), 3, _WITNESSES)

EVERYWHERE = Claim(
    "weight-sparsity-cost-is-smaller",
    "The conjectured cost of weight sparsity is too large at every sparsity",
    r"Q_{n,m} < \min\bigl((n - m)\,v,\ m \tfrac{p^2}3 + (n - 2m)\,v\bigr)",
    (r"n \ge 2m \ge 2, \quad 0 < p < 1", ONE_WEIGHT, DROP_COST, UNIFORM),
    SOURCE,
    ClaimKind.theorem,
    (
        below_everywhere("algebra"),
        Evidence(
            "exact witnesses",
            Status.checked,
            has_witnesses,
            _GRID,
            {
                "frozen pairs": replace(
                    _GRID, pairs=dict.fromkeys(_WITNESSES, Axis(("1", "-1"), ("0", "0")))
                )
            },
            description="Exact losses at S = 1/10, ..., 9/10, 99/100, m = 1, 2, 3, n = 2m to 2m+2.",
        ),
    ),
)

# ---------------------------------------------------------------- three on one axis


def _three(*, sparsity: str = "99/100") -> Rational:
    """Return v less the loss of three features on an axis."""
    density = 1 - Rational(sparsity)
    axis = Axis(("1", "-21/20", "-21/50"), ("0", "-167/1000", "1/500"))
    return _V.subs(p, density) - axis.loss(density)


def _zero_column_loss() -> Expr:
    """Return the loss of a feature without a vector, whose output is the constant b > 0."""
    gram = Matrix([[0]])
    return loss_on_cell(gram, [BIAS], p, Cell.at(gram, [BIAS], {BIAS: 1}))


_THREE: Steps = (
    Identity(
        "the loss at S = 99/100",
        lambda: _V.subs(p, Rational(1, 100)) - _three(),
        Rational("34612687800313076809849427/10806531246000000000000000000"),
    ),
    Identity("a drop at S = 99/100", lambda: _V.subs(p, Rational(1, 100)), Rational(397, 120000)),
    Decided("the loss is below that of a drop", lambda: _three() > 0),
    # where w_j = 0 the output j is the constant b_+, and the loss is at least E (x_j - b_+)^2
    Identity("a zero column costs v or more", _zero_column_loss, _V + (BIAS - p / 2) ** 2),
)

THREE = Claim(
    "three-features-on-one-axis",
    "At S = 99/100 three features in one dimension are all stored on its axis",
    r"L(W, b) < v \Rightarrow w_1, w_2, w_3 \ne 0; \quad q_3 \le "
    r"\tfrac{34612687800313076809849427}{10806531246000000000000000000} < v = \tfrac{397}{120000}",
    (
        r"n = 3,\ m = 1,\ p = \tfrac1{100}; \quad q_3 = \inf L",
        (
            r"\text{the point: } W = (1, -\tfrac{21}{20}, -\tfrac{21}{50}), \ "
            r"b = (0, -\tfrac{167}{1000}, \tfrac1{500})"
        ),
        UNIFORM,
    ),
    SOURCE,
    ClaimKind.theorem,
    (
        by_algebra(
            _THREE,
            {
                "S = 1/2": replaced(
                    _THREE,
                    "the loss is below that of a drop",
                    question=lambda: _three(sparsity="1/2") > 0,
                ),
                "the last digit": replaced(
                    _THREE,
                    "the loss at S = 99/100",
                    stated=Rational("34612687800313076809849428/10806531246000000000000000000"),
                ),
            },
            "population-loss",
            "dropped-feature-loss",
        ),
    ),
)

# ---------------------------------------------------------------- the corrected statement


@dataclass(frozen=True)
class Costs:
    """Densities, how many features at most, and by how much the differences grow at least.

    Attributes
    ----------
    densities : tuple of float
    features : int
    gain : float
        Of q_{k+1} - q_k over q_k - q_{k-1}, and of v over them.
    """

    densities: tuple[float, ...]
    features: int
    gain: float = 0.0


_SEARCH_ERROR = 1e-9  # of a minimum found by descent, with what rounding adds


def is_convex(costs: Costs, context: Context) -> Outcome:
    """Decide whether q_k, as a multistart search finds it, is convex in k with slopes up to v.

    Examples
    --------
    >>> from superposition_proofs.claims.axis_sharing import Costs, is_convex
    >>> from superposition_proofs.ledger import Context, Level
    >>> is_convex(Costs((0.5,), 2), Context(Level.quick, 0)).holds
    True
    """
    least, cases = float("inf"), 0
    for i, density in enumerate(costs.densities):
        losses = [0.0]
        for k in range(1, costs.features + 1):
            setting = Setting(k, 1, density, (1.0,) * k)
            rng = context.rng("starts", i, k)
            losses.append(global_minimum(setting, starts=24, rng=rng).loss)
        steps = [after - before for before, after in pairwise(losses)]
        steps.append(float(_V.subs(p, density)))
        for before, after in pairwise(steps):
            cases += 1
            least = min(least, after - before)
    reason = f"the differences of q_k, and v last, grow by {least:.2g} or more in {cases} places"
    return Outcome(least >= costs.gain - _SEARCH_ERROR, reason, least, cases, cases)


_COSTS = Costs((0.01, 0.05, 0.2, 0.5, 0.8, 0.95), 5)

BALANCED = Claim(
    "axes-are-shared-evenly",
    "The cost of one more feature on an axis grows, so that axes are shared evenly",
    r"q_{k+1} - q_k \ge q_k - q_{k-1}, \quad q_{k+1} - q_k \le v; \qquad "
    r"Q_{n,m} = (m - r)\,q_{\lfloor n/m \rfloor} + r\,q_{\lfloor n/m \rfloor + 1}",
    (
        r"k \ge 1, \quad 0 \le r < m,\ r \equiv n \pmod m",
        ONE_WEIGHT,
        r"q_k = Q_{k,1}, \quad 0 < p < 1",
        UNIFORM,
    ),
    "ours; in place of the formula of problem O49",
    ClaimKind.conjecture,
    (
        Evidence(
            "multistart",
            Status.supported,
            is_convex,
            _COSTS,
            {"growth by 1/1000 at p = 1/2": Costs((0.5,), 3, gain=1e-3)},
            ("axes-add-up",),
            Level.full,
            description="Descents from structured and random starts for up to five features.",
        ),
    ),
)

CLAIMS = (*PAIR_CLAIMS, EVERYWHERE, THREE, BALANCED)
