"""Saturated frames: orthogonal clusters, each a tight frame for its eigenspace; range of D."""

from .context import Fact
from .deciding import Using
from .derivation import Case, Derivation
from .matrix_steps import Equality, Square, TraceEquality
from .polynomials import identity, matrix, scalar, zero
from .rewriting import Rule, TraceRule
from .scalar_steps import Nonnegative, Product, ScalarIdentity
from .scalars import ScalarLike, symbol
from .traces import constant, trace

lam = symbol("lambda_k")


def tight_decomposition(*, frame_bound: ScalarLike = 1, symmetric: bool = True) -> Derivation:
    """Derive that a saturated frame is an orthogonal sum of tight frames.

    If every w_i is an eigenvector of F = W W* (or zero), let W_k hold the features of eigenvalue
    lambda_k > 0 and Z all the others. Then Z* W_k = 0, W_k W_k* = lambda_k P_k with P_k the
    orthogonal projector on the whole eigenspace, and W_k* W_k / lambda_k is an orthogonal
    projector of the same rank.

    Parameters
    ----------
    frame_bound : int, Fraction or sympy expression
        Claims the frame bound frame_bound * lambda_k; any other value than 1 is a near miss.
    symmetric : bool
        Whether F is known to be symmetric; without it the clusters need not be orthogonal.

    Returns
    -------
    Derivation
        Decided for the default values.

    References
    ----------
    Ivanov et al. 2026, tight-frame decomposition.

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> check(tight_decomposition()).decided
    True
    >>> check(tight_decomposition(frame_bound=2)).failed[0]
    'F_k F_k = lambda_k F_k'
    """
    F = matrix("F", "m", "m", self_adjoint=symmetric)
    Wk, Z = matrix("W_k", "m", "c"), matrix("Z", "m", "q")
    values = matrix("Z_values", "q", "q", self_adjoint=True)
    inverse = matrix("N", "q", "q")
    wi, wj, v = (matrix(name, "m", "1") for name in ("w_i", "w_j", "v"))
    kappa_i, kappa_j = symbol("kappa_i"), symbol("kappa_j")
    Fk, Mk = Wk * Wk.star, Wk.star * Wk
    Pk, bound = Fk / lam, frame_bound * lam
    resolvent = Using("N inverts Z_values - lambda_k", right=Z.star * Wk, factor=-1)
    pair = Case(
        "two features",
        (
            Rule("F w_i", F * wi, kappa_i * wi, "saturation: w_i is an eigenvector"),
            Rule("F w_j", F * wj, kappa_j * wj, "saturation: w_j is an eigenvector"),
            Fact("kappa_i != kappa_j", kappa_i - kappa_j, "!= 0", "the eigenvalues differ"),
        ),
        (
            Equality(
                "w_j* w_i = 0",
                wj.star * wi,
                scalar(0),
                using=(Using("F w_i", left=wj.star, factor=1 / (kappa_j - kappa_i)),),
            ),
        ),
    )
    eigenvector = Case(
        "any eigenvector of lambda_k",
        (Rule("F v", F * v, lam * v, "v is any vector of the eigenspace of lambda_k"),),
        (
            Equality(
                "Z* v = 0",
                Z.star * v,
                zero("q", "1"),
                using=(Using(resolvent.name, right=Z.star * v, factor=-1),),
                as_rule=True,
            ),
            Equality(
                "P_k v = v", Pk * v, v, using=(Using("F is the sum", right=v, factor=1 / lam),)
            ),
        ),
    )
    return Derivation(
        "A saturated frame is an orthogonal sum of tight frames",
        (
            Rule("F is the sum", Z * Z.star, F - Fk, "F = W W* = W_k W_k* + Z Z*"),
            Rule("F W_k", F * Wk, lam * Wk, "saturation: the columns of W_k are eigenvectors"),
            Rule(
                "F Z",
                Z * values,
                F * Z,
                "saturation: the columns of Z are eigenvectors or 0, with the diagonal matrix "
                "Z_values of their eigenvalues (0 for a zero column)",
            ),
            Rule(
                resolvent.name,
                inverse * values,
                identity("q") + lam * inverse,
                "no column of Z has the eigenvalue lambda_k, so Z_values - lambda_k I has an "
                "inverse N, which is diagonal",
            ),
            Fact("lambda_k > 0", lam, "> 0", "eigenvalue of a nonzero feature: kappa_i > 0"),
        ),
        (
            pair,
            Equality("Z* W_k = 0", Z.star * Wk, zero("q", "c"), using=(resolvent,), as_rule=True),
            Equality(
                "F_k W_k = lambda_k W_k",
                Fk * Wk,
                lam * Wk,
                using=(Using("F is the sum", right=Wk),),
                as_rule=True,
            ),
            Equality("F_k F_k = lambda_k F_k", Fk * Fk, bound * Fk),
            Equality("P_k is idempotent", Pk * Pk, Pk),
            Equality("P_k is self-adjoint", Pk.star, Pk),
            Equality("F P_k = lambda_k P_k", F * Pk, lam * Pk),
            eigenvector,
            Equality("M_k M_k = lambda_k M_k", Mk * Mk, bound * Mk),
            TraceEquality("M_k / lambda_k and P_k have one trace", trace(Mk) / lam, trace(Pk)),
        ),
        "Features of different eigenvalues are orthogonal, so M = W* W is block diagonal. P_k is "
        "an orthogonal projector with range inside the eigenspace and it fixes the eigenspace: it "
        "is the projector on it, and W_k is a tight frame for it with frame bound lambda_k. "
        "M_k/lambda_k and P_k are projectors of one trace, and the trace of a projector is its "
        "rank: their ranks are equal.",
        (("F_k", Fk), ("M_k", Mk), ("P_k", Pk)),
    )


def projective_linearity(*, exponent: int = 2, extra: int = 0) -> Derivation:
    """Derive D = |w|^2 / lambda_k for an eigenvector, and D = d_k / c for equal norms.

    c is the number of features in the cluster of lambda_k and d_k the dimension of its eigenspace.

    Parameters
    ----------
    exponent : int
        The power of |w|^2 in D; any other value than 2 is a near miss that is not decided.
    extra : int
        Claims D = d_k / (c + extra), nonnegative; any other value than 0 is a near miss.

    Returns
    -------
    Derivation
        Decided for the default values.

    Raises
    ------
    InputError
        If extra is negative: c + extra could be 0.

    References
    ----------
    Ivanov et al. 2026, projective linearity.

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> check(projective_linearity()).decided, check(projective_linearity(exponent=3)).failed
    (True, ('D = |w|^2 / lambda_k', 'D = d_k / c'))
    >>> check(projective_linearity(extra=1)).failed
    ('D = d_k / c',)
    """
    F, Pk, Wk = matrix("F", "m", "m"), matrix("P_k", "m", "m"), matrix("W_k", "m", "c")
    w = matrix("w", "m", "1")
    a, b, c, d = symbol("a"), symbol("b"), symbol("c"), symbol("d_k")
    fractional_dimensionality = a**exponent / b
    divisor = Nonnegative(
        "the divisor is positive",
        c + extra,
        (Product(factors=("c > 0",)), Product(extra)),
        strict=True,
    )
    equal_norms = Case(
        "equal norms in the cluster",
        (
            Rule("frame of the cluster", Wk * Wk.star, lam * Pk, "tight-frame decomposition"),
            TraceRule("rank", trace(Pk), d, "d_k is the dimension of the eigenspace"),
            TraceRule(
                "sum of norms", trace(Wk.star * Wk), c * a, "c columns, each of squared norm a"
            ),
            Fact("c > 0", c, "> 0", "the cluster is not empty"),
        ),
        (
            *((divisor,) if extra else ()),
            TraceEquality(
                "c a = lambda_k d_k",
                constant(c * a),
                constant(lam * d),
                using=(Using("sum of norms", factor=-1),),
            ),
            ScalarIdentity(
                "D = d_k / c",
                fractional_dimensionality,
                d / (c + extra),
                using=(
                    Using("D = |w|^2 / lambda_k"),
                    Using("c a = lambda_k d_k", factor=1 / (lam * c)),
                ),
            ),
        ),
    )
    return Derivation(
        "Projective linearity and the rational plateaus",
        (
            Rule("eigenvector", F * w, lam * w, "saturation: w is an eigenvector of F"),
            Rule("norm", w.star * w, scalar(a), "definition of a = |w|^2"),
            Rule("energy", w.star * F * w, scalar(b), "definition of b = w* F w; D = a^2 / b"),
            Fact("a > 0", a, "> 0", "w is not zero"),
            Fact("lambda_k > 0", lam, "> 0", "eigenvalue of a nonzero feature: kappa > 0"),
        ),
        (
            Equality(
                "b = lambda_k a", scalar(b), scalar(lam * a), using=(Using("energy", factor=-1),)
            ),
            Nonnegative(
                "b > 0",
                b,
                (Product(factors=("lambda_k > 0", "a > 0")),),
                strict=True,
                using=(Using("b = lambda_k a"),),
            ),
            ScalarIdentity(
                "D = |w|^2 / lambda_k",
                fractional_dimensionality,
                a / lam,
                using=(Using("b = lambda_k a", factor=-a / (b * lam)),),
            ),
            equal_norms,
        ),
        "Plotted against |w|^2, the features of one eigenspace lie on the line through 0 of slope "
        "1/lambda_k; if their norms are equal, D is the rational number d_k / c.",
        (),
    )


def range_of_D(*, sign: int = 1) -> Derivation:
    """Derive 0 < D <= 1 for a nonzero feature, with D = 1 iff it is orthogonal to all others.

    Parameters
    ----------
    sign : int
        Claims w*Fw - (w*w)^2 = sign * |R* w|^2 with R the other features; -1 is a near miss.

    Returns
    -------
    Derivation
        Decided for sign 1.

    References
    ----------
    Elhage et al. 2022 define D.

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> check(range_of_D()).decided, check(range_of_D(sign=-1)).failed
    (True, ('w*Fw - (w*w)^2 = |R* w|^2',))
    """
    w, R = matrix("w", "m", "1"), matrix("R", "m", "q")
    F = w * w.star + R * R.star
    a, b = symbol("a"), symbol("b")
    D = a**2 / (a**2 + b)
    overlap = w.star * R * R.star * w
    excess = w.star * F * w - w.star * w * w.star * w
    orthogonal = Case(
        "orthogonal to all others",
        (Rule("R* w = 0", R.star * w, zero("q", "1"), "w is orthogonal to the other features"),),
        (
            Equality(
                "b = 0",
                scalar(b),
                scalar(0),
                using=(Using("overlap", factor=-1),),
            ),
            ScalarIdentity("D = 1", D, 1, using=(Using("b = 0", factor=-1 / (a**2 + b)),)),
        ),
    )
    return Derivation(
        "Range of D",
        (
            Rule("norm", w.star * w, scalar(a), "definition of a = |w|^2"),
            Rule("overlap", overlap, scalar(b), "definition of b, the squared overlaps"),
            Fact("a > 0", a, "> 0", "w is not zero"),
        ),
        (
            Square("w*Fw - (w*w)^2 = |R* w|^2", sign * excess, R.star * w),
            Square("b >= 0", scalar(b), R.star * w),
            Equality("w*Fw = a^2 + b", w.star * F * w, scalar(a**2 + b)),
            Nonnegative(
                "a^2 + b > 0",
                a**2 + b,
                (Product(factors=("a > 0", "a > 0")), Product(factors=("b >= 0",))),
                strict=True,
            ),
            Nonnegative(
                "D > 0",
                D,
                (Product(factors=("a > 0", "a > 0"), divisors=("a^2 + b > 0",)),),
                strict=True,
            ),
            Nonnegative(
                "1 - D >= 0", 1 - D, (Product(factors=("b >= 0",), divisors=("a^2 + b > 0",)),)
            ),
            ScalarIdentity("b is a multiple of 1 - D", b, (1 - D) * (a**2 + b)),
            orthogonal,
        ),
        "With D = (w*w)^2/(w*Fw) = a^2/(a^2 + b): 0 < D <= 1. If D = 1 then b = |R* w|^2 = 0, so "
        "R* w = 0: w is orthogonal to all other features; and conversely. A zero column has D = 0 "
        "by convention.",
        (("F", F),),
    )
