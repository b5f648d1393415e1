"""How the fractional dimensionality moves under M_dot = -2 (G M + M G).

Dots are derivatives in time; the product rule is written into the steps.
"""

from .context import Fact
from .deciding import Using
from .derivation import Case, Derivation
from .matrix_steps import Equality, TraceEquality
from .polynomials import matrix, scalar, zero
from .rewriting import Rule
from .scalar_steps import ScalarIdentity
from .scalars import ScalarLike, symbol
from .traces import trace

lam, mu = symbol("lambda"), symbol("mu")
a, b, c, k, s = (symbol(name) for name in "abcks")


def dimensionality_flow(*, factor: ScalarLike = 4) -> Derivation:
    """Derive the rate of the fractional dimensionality D = M_ii^2 / (M^2)_ii.

    Parameters
    ----------
    factor : int, Fraction or sympy expression
        Claims D_dot = D (factor (M G M + M^2 G)_ii / (M^2)_ii - 8 (M G)_ii / M_ii); any other value
        than 4 is a near miss.

    Returns
    -------
    Derivation
        Decided for factor 4.

    References
    ----------
    Elhage et al. 2022 define D; the rate is ours.

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> check(dimensionality_flow()).decided, check(dimensionality_flow(factor=2)).failed
    (True, ('D_dot', 'D_dot of a localized feature'))
    """
    M, G, C = (matrix(name, "n", "n", self_adjoint=True) for name in ("M", "G", "C"))
    e, f = matrix("e", "n", "1"), matrix("f", "n", "1")
    M_dot = -2 * (G * M + M * G)
    a_dot, b_dot = -4 * c, -4 * (k + s)
    D = a**2 / b
    D_dot = D * (factor * (k + s) / b - 8 * c / a)
    apart = Case(
        "a localized feature of another eigenvalue",
        (
            Rule("M M f = mu M f", M * M * f, mu * M * f, "it is in the eigenspace of mu"),
            Fact("lambda != mu", lam - mu, "!= 0", "the eigenvalues differ"),
        ),
        (
            Equality(
                "orthogonal",
                f.star * M * e,
                zero("1", "1"),
                using=(Using("M M e = lambda M e", left=f.star, factor=1 / (mu - lam)),),
            ),
        ),
    )
    localized = Case(
        "a localized feature",
        (Rule("M M e = lambda M e", M * M * e, lam * M * e, "the feature is in one eigenspace"),),
        (
            Equality(
                "b = lambda a",
                scalar(b),
                scalar(lam * a),
                using=(Using("M M e = lambda M e", left=e.star),),
            ),
            Equality(
                "s = lambda c",
                scalar(s),
                scalar(lam * c),
                using=(Using("M M e = lambda M e", left=e.star * G),),
            ),
            ScalarIdentity(
                "D_dot of a localized feature",
                D_dot,
                4 * a**2 * (k - s) / b**2,
                using=(
                    Using("s = lambda c", factor=8 * a**2 / b**2),
                    Using("b = lambda a", factor=-8 * a * c / b**2),
                ),
            ),
            apart,
        ),
    )
    cluster = Case(
        "the localized features of one eigenvalue",
        (
            Rule(
                "M C = C M",
                M * C,
                C * M,
                "C is the diagonal matrix that selects them; they are orthogonal to the others",
            ),
        ),
        (TraceEquality("equal traces", trace(C * M * G * M), trace(C * M * M * G)),),
    )
    return Derivation(
        "The flow of the fractional dimensionality",
        (
            Rule("a", e.star * M * e, scalar(a), "definition of a = M_ii"),
            Rule("b", e.star * M * M * e, scalar(b), "definition of b = (M^2)_ii; D = a^2 / b"),
            Rule("c", e.star * M * G * e, scalar(c), "definition of c = (M G)_ii"),
            Rule("k", e.star * M * G * M * e, scalar(k), "definition of k = (M G M)_ii"),
            Rule("s", e.star * M * M * G * e, scalar(s), "definition of s = (M^2 G)_ii"),
            Fact("a > 0", a, "> 0", "the feature is not zero"),
            Fact("b > 0", b, "> 0", "the feature is not zero"),
        ),
        (
            Equality("a_dot", e.star * M_dot * e, scalar(a_dot)),
            Equality("b_dot", e.star * (M * M_dot + M_dot * M) * e, scalar(b_dot)),
            ScalarIdentity("D_dot", 2 * a * a_dot / b - a**2 * b_dot / b**2, D_dot),
            localized,
            cluster,
        ),
        "D_dot = D (4 (M G M + M^2 G)_ii / (M^2)_ii - 8 (M G)_ii / M_ii). Of a localized feature, "
        "with eigenvalue lambda, D_dot = 4 ((M G M)_ii - (M^2 G)_ii) / lambda^2: 0 where G "
        "commutes with M. Where all features are localized, as they are at saturation, those of "
        "different eigenvalues are orthogonal, and over those of one eigenvalue D_dot sums to 0 "
        "(equal traces): the capacity is stationary, whatever G is.",
        (),
    )
