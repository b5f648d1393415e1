"""Strongly regular graphs: feasible parameters, and the equiangular tight frames they give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import isqrt

from flint import fmpz_mat
from superposition_theory.derivations import (
    Derivation,
    equiangular_from_graph,
    graph_from_equiangular,
)
from superposition_theory.geometries import equiangular_gram
from superposition_theory.schemes import AssociationScheme, StronglyRegularParameters
from superposition_theory.schemes.families import johnson, paley
from sympy import Rational, expand, sign, sqrt

from superposition_proofs.ledger import (
    Claim,
    ClaimKind,
    Context,
    Evidence,
    Level,
    Outcome,
    Status,
)
from superposition_proofs.reference import (
    RealFrameRecord,
    StronglyRegularRecord,
    association_schemes,
    real_etf_parameters,
    strongly_regular_parameters,
)

from .cases import Family, on_cases
from .checks import decide_derivation

_GRAPH = (
    r"X \text{ strongly regular with } 0 < k < v - 1: \ X^2 = k I + \lambda X + \mu (J - I - X)"
)


def parameters_of(record: StronglyRegularRecord) -> StronglyRegularParameters:
    """Return the parameters in a record of the table.

    Examples
    --------
    >>> from superposition_proofs.claims.strongly_regular import parameters_of
    >>> from superposition_proofs.reference import strongly_regular_parameters
    >>> parameters_of(next(strongly_regular_parameters()))
    StronglyRegularParameters(v=5, k=2, lam=0, mu=1)
    """
    return StronglyRegularParameters(record.order, record.valency, record.lambda_, record.mu)


# ---------------------------------------------------------------- feasibility


@dataclass(frozen=True)
class Conditions:
    """Necessary conditions on parameters, and how many impossible ones of the table they exclude.

    Parameters
    ----------
    exclude : callable
        StronglyRegularParameters -> whether a condition fails.
    impossible : int
        Number of the parameters known to be impossible that are excluded.
    """

    exclude: Callable[[StronglyRegularParameters], bool]
    impossible: int = 416


def _infeasible(parameters: StronglyRegularParameters) -> bool:
    """Say whether a condition of the theory fails."""
    return bool(parameters.infeasibilities)


def decide_conditions(conditions: Conditions, context: Context) -> Outcome:
    """Decide that conditions exclude no graph that exists, and as many impossible ones as stated.

    Examples
    --------
    >>> from superposition_proofs.claims.strongly_regular import Conditions, decide_conditions
    >>> from superposition_proofs.ledger import Context, Level
    >>> decide_conditions(Conditions(lambda _: False), Context(Level.quick, 0)).reason
    'excludes 0 of 462 impossible parameters'
    """
    rows = list(strongly_regular_parameters())
    excluded: Counter[str] = Counter()
    existing = 0
    for row in rows:
        existing += row.status == "exists"
        if conditions.exclude(parameters_of(row)):
            if row.status == "exists":
                reason = f"excludes {parameters_of(row)}, which exists"
                return Outcome(False, reason, cases=len(rows), effective=existing)
            excluded[row.status] += 1
    impossible = sum(row.status == "impossible" for row in rows)
    found = excluded["impossible"]
    return Outcome(
        found == conditions.impossible,
        f"excludes {found} of {impossible} impossible parameters",
        cases=len(rows),
        effective=existing,
        details={"excluded": dict(excluded), "existing": existing},
    )


# ---------------------------------------------------------------- equiangular tight frames


def decide_both(derivations: tuple[Derivation, ...], context: Context) -> Outcome:
    """Decide every step of several derivations.

    Examples
    --------
    >>> from superposition_proofs.claims.strongly_regular import REAL_FRAMES, decide_both
    >>> from superposition_proofs.ledger import Context, Level
    >>> decide_both(REAL_FRAMES.executable[0].subject, Context(Level.quick, 0)).effective
    7
    """
    outcomes = [decide_derivation(derivation, context) for derivation in derivations]
    failed = next((outcome for outcome in outcomes if not outcome.holds), None)
    steps = sum(outcome.cases for outcome in outcomes)
    reason = f"all {steps} steps decided" if failed is None else failed.reason
    return Outcome(failed is None, reason, cases=steps, effective=steps)


def arithmetic_of_the_frame(frame: RealFrameRecord, *, ratio: int = 2, extra: int = 0) -> bool:
    """State k = ratio mu, n = v + 1 and (d + extra, n) at the Welch bound, for a tabulated frame.

    With c = v - 1 - 2k and theta^2 = v + c theta for a root theta of either sign, d is
    n / (1 + v/theta^2), and 1/theta^2 = (n - d)/(d (n - 1)).
    """
    v, k, _, mu = frame.graph
    n, d = frame.vectors, frame.dimensions + extra
    c = v - 1 - 2 * k
    root = isqrt(c * c + 4 * v)
    if c and root * root != c * c + 4 * v:
        return False
    squares = [Fraction(v)] if c == 0 else [Fraction(c + s * root, 2) ** 2 for s in (1, -1)]
    dimensions = {n / (1 + v / square): square for square in squares}
    return (
        k == ratio * mu
        and n == v + 1
        and StronglyRegularParameters(*frame.graph).gives_equiangular_tight_frame
        and Fraction(d) in dimensions
        and 1 / dimensions[Fraction(d)] == Fraction(n - d, d * (n - 1))
    )


def _frames(context: Context) -> Iterator[tuple[str, RealFrameRecord]]:
    """Yield all tabulated real equiangular tight frames."""
    for frame in real_etf_parameters():
        yield f"{frame.dimensions} x {frame.vectors}", frame


def frames_are_the_graphs(ratio: int) -> bool:
    """Say whether frames and graphs with k = ratio mu are listed as pairs, with one status."""
    graphs = Counter(
        (r.order, r.status) for r in strongly_regular_parameters() if r.valency == ratio * r.mu
    )
    frames = Counter((f.vectors - 1, f.status) for f in real_etf_parameters())
    return frames == graphs


def two_level_seidel_matrix(case: tuple[AssociationScheme, int], *, ratio: int = 2) -> bool | None:
    """State S^2 = v I + c S for the Seidel matrix of a graph iff k = ratio mu."""
    scheme, colour = case
    v, k, _, mu = scheme.strongly_regular_parameters[colour - 1]
    seidel = [[0, *[1] * v]] + [
        [1, *(0 if x == y else 1 - 2 * (c == colour) for y, c in enumerate(row))]
        for x, row in enumerate(scheme.relation)
    ]
    S = fmpz_mat(seidel)
    unit = fmpz_mat([[int(x == y) for y in range(v + 1)] for x in range(v + 1)])
    return (v * unit + (v - 1 - 2 * k) * S == S * S) is (k == ratio * mu)


def _graphs_of_rank_three(
    context: Context,
) -> Iterator[tuple[str, tuple[AssociationScheme, int]]]:
    """Yield both graphs of every tabulated symmetric scheme of rank 3, and some on more points."""
    for record in association_schemes():
        if record.symmetric and len(record.valencies) == 3:
            scheme = AssociationScheme(record.relation)
            for colour in (1, 2):
                yield f"scheme {record.index} of {record.order} points", (scheme, colour)
    for name, scheme in (("J(9,2)", johnson(9, 2)), ("Paley(37)", paley(37))):
        for colour in (1, 2):
            yield name, (scheme, colour)


def gram_is_equiangular_and_tight(case: tuple[int, int], *, excess: int = 0) -> bool:
    """State G^2 = (n/d) G and G_xy^2 = (n - d)/(d (n - 1)) + excess for a Gram matrix."""
    d, n = case
    gram = equiangular_gram(d, n)
    angles = {expand(gram[x, y] ** 2) for x in range(n) for y in range(x)}
    signs = fmpz_mat([[0 if x == y else int(sign(gram[x, y])) for y in range(n)] for x in range(n)])
    unit = fmpz_mat([[int(x == y) for y in range(n)] for x in range(n)])
    (squared,) = angles
    slope = (n - 2 * d) * sqrt(Rational(n - 1, d * (n - d)))
    return (
        squared == Rational(n - d, d * (n - 1)) + excess
        and {gram[x, x] for x in range(n)} == {1}
        and slope.is_Integer
        and signs * signs == (n - 1) * unit + int(slope) * signs
    )


def _constructions(context: Context) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield dimensions and numbers of vectors of frames that are constructed."""
    pairs = [(3, 6), (5, 10), (7, 14), (6, 16), (10, 16), (9, 18), (7, 28), (21, 28)]
    if context.level is Level.full:
        pairs += [(13, 26), (15, 30), (15, 36), (21, 36), (19, 38)]
    for d, n in pairs:
        yield f"{d} x {n}", (d, n)


# ---------------------------------------------------------------- claims

FEASIBILITY = Claim(
    "strongly-regular-feasibility",
    "No strongly regular graph that exists violates the necessary conditions",
    r"k(k - \lambda - 1) = (v - k - 1)\mu,\ m_r, m_s \in \mathbf N,\ q_{ij}^k \ge 0,\ "
    r"\sum_{q_{ij}^k \ne 0} m_k \le m_i m_j \ (\tfrac12 m_i (m_i + 1) \text{ for } i = j); "
    r"\quad \text{conference graphs}: v = a^2 + b^2; \quad \allowbreak "
    r"\text{they exclude 416 of 462} \allowbreak \text{ tabulated parameters that are impossible}",
    (r"(v, k, \lambda, \mu) \text{ one of } 4538 \text{ tabulated parameters}, \ v \le 1300",),
    "Brouwer and Van Maldeghem 2022, Strongly Regular Graphs, chapter 1; Brouwer's table",
    ClaimKind.theorem,
    (
        Evidence(
            "tabulated parameters",
            Status.checked,
            decide_conditions,
            Conditions(_infeasible),
            {
                "a condition that the pentagon violates": Conditions(
                    lambda p: _infeasible(p) or p.mu == 1
                ),
                "no condition": Conditions(lambda _: False),
            },
            ("krein-conditions",),
            description="All rows of the table.",
        ),
    ),
)

REAL_FRAMES = Claim(
    "real-etf-from-srg",
    "Real equiangular tight frames are the strongly regular graphs with k = 2 mu",
    r"\text{a real equiangular tight frame of } n > d + 1 \text{ vectors in } d > 1 \text{ "
    r"dimensions exists} \iff \text{a strongly regular graph } \allowbreak "
    r"(n - 1, k, \lambda, \mu) \text{ with } k = 2\mu \text{ does}; \quad \allowbreak "
    r"G = I - S/\theta,\ "
    r"S_{00} = 0,\ S_{0x} = S_{x0} = 1,\ (S_{xy})_{x, y > 0} = J - I - 2X,\ "
    r"\theta^2 = n - 1 + (n - 2 - 2k)\theta,\ \theta < 0,\ d = \frac{n}{1 + (n - 1)/\theta^2}",
    (_GRAPH,),
    "Seidel 1976, A survey of two-graphs; Waldron 2009, On the construction of equiangular frames "
    "from graphs",
    ClaimKind.theorem,
    (
        Evidence(
            "derivation",
            Status.proved,
            decide_both,
            (equiangular_from_graph(), graph_from_equiangular()),
            {
                "k = 3 mu": (equiangular_from_graph(ratio=3), graph_from_equiangular()),
                "mu = k/2 + 1": (equiangular_from_graph(), graph_from_equiangular(offset=1)),
                "a graph that is not strongly regular": (
                    equiangular_from_graph().without("X X"),
                    graph_from_equiangular(),
                ),
            },
            description="A derivation in each direction for graphs of any size.",
        ),
        on_cases(
            two_level_seidel_matrix,
            {"k = mu": partial(two_level_seidel_matrix, ratio=1)},
            _graphs_of_rank_three,
            name="tabulated graphs",
            description="Integer Seidel matrices of the graphs on at most 30 points, and of two "
            "larger schemes.",
        ),
        on_cases(
            arithmetic_of_the_frame,
            {
                "k = 3 mu": partial(arithmetic_of_the_frame, ratio=3),
                "one more dimension": partial(arithmetic_of_the_frame, extra=1),
            },
            _frames,
            name="tabulated parameters",
            description="Dimension and Welch bound of the 486 frames with at most 1301 vectors.",
        ),
        on_cases(
            frames_are_the_graphs,
            {"k = 3 mu": Family(frames_are_the_graphs, lambda _: [("all", 3)])},
            lambda _: [("all", 2)],
            name="both tables",
            description="The table of frames lists each graph with k = 2 mu once, with its status.",
        ),
        on_cases(
            gram_is_equiangular_and_tight,
            {"a larger angle": partial(gram_is_equiangular_and_tight, excess=1)},
            _constructions,
            name="constructions",
            description="Gram matrices from Paley, Johnson, Schlaefli and projective graphs.",
        ),
    ),
)

CLAIMS = (FEASIBILITY, REAL_FRAMES)
