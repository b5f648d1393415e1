"""Frames in the algebra of a scheme: one level, the plateaus of D, orthogonal components."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import networkx as nx
from superposition_theory.derivations import component_capacity, one_level
from superposition_theory.frames import Frame
from superposition_theory.geometries import antiprism
from superposition_theory.geometries.heights import HEIGHT_SQUARED
from superposition_theory.schemes import AssociationScheme, CoherentConfiguration
from sympy import Add, Expr, Matrix, Rational, diag, expand

from superposition_proofs.ledger import Claim, ClaimKind, Context, Level

from .algebra import Identity, Steps, replaced
from .cases import by_steps, on_cases
from .checks import derived
from .samples import named_frames
from .scheme_samples import commutative_schemes

_DELSARTE = "Delsarte, Goethals and Seidel 1977, Spherical codes and designs"
_ELHAGE = "Elhage et al. 2022, Toy Models of Superposition"


# ---------------------------------------------------------------- one level


def algebra_product(scheme: CoherentConfiguration, a: Sequence[Any], b: Sequence[Any]) -> list[Any]:
    """Return the coefficients of the product of two elements of the algebra of a configuration.

    Parameters
    ----------
    scheme : CoherentConfiguration
    a, b : sequence of exact numbers, length the rank
        Coefficients of the adjacency matrices.

    Examples
    --------
    >>> from superposition_proofs.claims.scheme_geometries import algebra_product
    >>> from superposition_theory.schemes.families import complete
    >>> algebra_product(complete(3), [0, 1], [0, 1])
    [2, 1]
    """
    total = [a[0] * 0] * scheme.rank
    for i in range(scheme.rank):
        table = scheme.intersection_matrix(i)
        for j in range(scheme.rank):
            product = a[i] * b[j]
            for k, p in enumerate(table[j]):
                if p:
                    total[k] = total[k] + product * p
    return total


def _in_algebra(scheme: AssociationScheme, levels: dict[int, int]) -> list[Any]:
    """Return the coefficients of n sum_j levels[j] E_j."""
    return [
        sum((row[j] * level for j, level in levels.items()), start=row[0] * 0)
        for row in scheme.eigenmatrices.Q
    ]


def tight_iff_one_level(scheme: AssociationScheme, *, ratio: int = 2) -> bool:
    """State for every set J: G = (n/d) sum_J E_j is tight with unit vectors and D = d/n.

    And G with another level (ratio times the others) for one of two or more E_j is not.
    """
    multiplicities, n = scheme.eigenmatrices.multiplicities, scheme.order
    for size in range(1, scheme.rank + 1):
        for chosen in itertools.combinations(range(scheme.rank), size):
            d = sum(multiplicities[j] for j in chosen)
            gram = _in_algebra(scheme, dict.fromkeys(chosen, 1))  # d times the Gram matrix
            square = algebra_product(scheme, gram, gram)
            if gram[0] != d or any(s != n * g for s, g in zip(square, gram, strict=True)):
                return False
            if size > 1:
                gram = _in_algebra(scheme, dict.fromkeys(chosen, 1) | {chosen[0]: ratio})
                square = algebra_product(scheme, gram, gram)
                pairs = zip(square, gram, strict=True)
                if all(s * gram[0] == square[0] * g for s, g in pairs):
                    return False
    return True


def _small_schemes(context: Context) -> Iterator[tuple[str, AssociationScheme]]:
    """Yield the commutative schemes of rank at most 5, at the full level 8."""
    most = 5 if context.level is Level.quick else 8
    for name, scheme in commutative_schemes(context):
        if scheme.rank <= most:
            yield name, scheme


# ---------------------------------------------------------------- plateaus


def _frame(name: str) -> Frame:
    """Return an exact frame of the samples."""
    return dict(named_frames())[name]


def _plateau(name: str) -> Expr:
    """Return D of the features of a named frame, which is one number."""
    (value,) = {expand(d) for d in _frame(name).fractional_dimensionalities}
    return value


def _ratio(name: str) -> Rational:
    """Return dimension over number of features of a named frame."""
    return Rational(_frame(name).rank, _frame(name).features)


_PLATEAUS = {
    "tetrahedron": Rational(3, 4),
    "triangle": Rational(2, 3),
    "digon": Rational(1, 2),
    "pentagon": Rational(2, 5),
    "square antiprism, tight": Rational(3, 8),
}
_FRACTIONS: Steps = (
    *(Identity(f"D, {name}", partial(_plateau, name), value) for name, value in _PLATEAUS.items()),
    *(Identity(f"d/n, {name}", partial(_ratio, name), value) for name, value in _PLATEAUS.items()),
    Identity(
        "D of a square antiprism of any height",
        lambda: antiprism(4).fractional_dimensionalities[0],
        Rational(3, 8) / (1 + Rational(9, 2) * (HEIGHT_SQUARED - Rational(1, 3)) ** 2),
    ),
)


# ---------------------------------------------------------------- components


def components_share_nothing(
    case: tuple[Frame, Frame], *, factor: Any = 1, coupled: bool = False, connected: bool = True
) -> bool | None:
    """State for orthogonal components: D of each is its own, of sum at most factor times its rank.

    With equality if the component is tight, and only then if it is connected. Near misses:
    components that are not orthogonal, their first features having the inner product 1/2, and the
    equality case for components that are not connected.
    """
    first, second = case
    if not first.represented or not second.represented:
        return None
    gram = Matrix(diag(first.gram, second.gram))
    if coupled:
        size = first.features
        gram[0, size] = gram[size, 0] = Rational(1, 2)
    values = _values_of_D(gram)
    own = [*first.fractional_dimensionalities, *second.fractional_dimensionalities]
    if any(not (value - alone).equals(0) for value, alone in zip(values, own, strict=True)):
        return False
    total, rank = expand(Add(*values[: first.features])), factor * first.rank
    saturated, tight = bool((total - rank).equals(0)), first.is_tight_on_span
    if saturated and not tight and (_is_connected(first) or not connected):
        return False
    return saturated if tight else bool(total <= rank)


def _is_connected(frame: Frame) -> bool:
    """Say whether features that are not orthogonal join all features."""
    points = range(frame.features)
    graph = nx.Graph((x, y) for x in points for y in points if frame.gram[x, y] != 0)
    return len(graph) == frame.features and bool(nx.is_connected(graph))


def _values_of_D(gram: Matrix) -> list[Any]:
    """Return G_xx^2 / (G^2)_xx, or 0 for a zero vector."""
    square = gram * gram
    return [gram[x, x] ** 2 / square[x, x] if gram[x, x] else 0 for x in range(gram.rows)]


def _pairs_of_frames(context: Context) -> Iterator[tuple[str, tuple[Frame, Frame]]]:
    """Yield the named frames, each beside a pentagon, at the full level all pairs."""
    frames = named_frames()
    seconds = [pair for pair in frames if context.level is Level.full or pair[0] == "pentagon"]
    for (one, first), (other, second) in itertools.product(frames, seconds):
        yield f"{one} and {other}", (first, second)


# ---------------------------------------------------------------- claims

_LEVELS = (
    r"G = \sum_j \lambda_j E_j,\ \lambda_j \ge 0, \text{ with orthogonal projectors } E_i E_j = "
    r"\delta_{ij} E_j \ne 0"
)

ONE_LEVEL = Claim(
    "tight-iff-one-level",
    "A frame in the algebra of a scheme is tight exactly when its nonzero levels are equal",
    r"G^2 = c\,G \text{ for some } c > 0 \iff \lambda_j \in \{0, c\} \text{ for all } j; \quad "
    r"\text{unit vectors: } G = \frac nd \sum_{j \in J} E_j,\ D_i = \frac dn,\ "
    r"d = \sum_{j \in J} \operatorname{rank} E_j",
    (_LEVELS, r"G \ne 0"),
    f"{_DELSARTE}; Benedetto and Fickus 2003",
    ClaimKind.theorem,
    (
        derived(
            one_level(),
            {
                "D = d/n + 1": one_level(slack=1),
                "projectors that overlap": one_level().without("E Pi"),
                "a frame that is not tight": one_level().without("G G = c G"),
            },
        ),
        on_cases(
            tight_iff_one_level,
            {"two equal levels are not one": partial(tight_iff_one_level, ratio=1)},
            _small_schemes,
            description="All sets of idempotents of the schemes of rank at most 5, in the algebra.",
        ),
    ),
)

FRACTIONS = Claim(
    "sticky-fractions",
    "The plateaus 3/4, 2/3, 1/2, 2/5 and 3/8 are dimension over features of five tight geometries",
    r"D = \tfrac dn = \tfrac34, \tfrac23, \tfrac12, \tfrac25, \tfrac38 \text{ for tetrahedron, "
    r"triangle,} \allowbreak \text{ digon, pentagon, tight square antiprism}; \quad \allowbreak "
    r"\text{a square antiprism of height } h: \ D = \frac{3/8}{1 + \frac92 (h^2 - \frac13)^2} \le "
    r"\tfrac38 \text{ with equality iff } h^2 = \tfrac13, \text{ else } \sum_i D_i < 3",
    (r"\text{unit vectors}",),
    f"{_ELHAGE}, sticky points of D; values and antiprism ours",
    ClaimKind.theorem,
    (
        by_steps(
            _FRACTIONS,
            {
                "pentagon 3/7": replaced(_FRACTIONS, "D, pentagon", stated=Rational(3, 7)),
                "every antiprism has 3/8": replaced(
                    _FRACTIONS, "D of a square antiprism of any height", stated=Rational(3, 8)
                ),
            },
            "tight-iff-one-level",
            "antiprism-family",
            "polygon-and-simplex-plateaus",
            description="D from exact Gram matrices beside d/n, and for a free height.",
        ),
    ),
)

COMPONENTS = Claim(
    "component-capacity",
    "In an orthogonal component D sums to at most its rank, with equality iff it is tight",
    r"\sum_{i \in C} D_i \le \operatorname{rank} W_C, \text{ with equality iff } W_C \text{ is "
    r"tight on its span; then } D_i = \operatorname{rank} W_C / |C| \text{ for equal norms}",
    (
        r"\langle w_i, w_j \rangle = 0 \text{ for } i \in C,\ j \notin C",
        r"C \text{ is connected by pairs that are not orthogonal}",
    ),
    "ours; Ivanov et al. 2026, Spectral Superposition, for the whole frame",
    ClaimKind.theorem,
    (
        derived(
            component_capacity(),
            {
                "a sum of d + 1": component_capacity(excess=1),
                "components that are not orthogonal": component_capacity().without("W_2* w = 0"),
            },
            "capacity-bound",
            "saturation-iff-localization",
        ),
        on_cases(
            components_share_nothing,
            {
                "half the rank": partial(components_share_nothing, factor=Rational(1, 2)),
                "coupled components": partial(components_share_nothing, coupled=True),
                "not connected": partial(components_share_nothing, connected=False),
            },
            _pairs_of_frames,
            description="Pairs of exact frames in orthogonal spaces.",
        ),
    ),
)

CLAIMS = (ONE_LEVEL, FRACTIONS, COMPONENTS)
