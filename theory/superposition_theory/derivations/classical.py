"""Classical facts beside the theory: frame potential, Welch bound, Stieltjes transform."""

from .context import Fact, Value
from .derivation import Case, Derivation
from .matrix_steps import Equality, Square, TraceEquality
from .polynomials import identity, matrix, zero
from .rewriting import Rule, TraceRule
from .scalar_steps import Nonnegative, Product, ScalarIdentity
from .scalars import ScalarLike, symbol
from .traces import constant, trace

m, n, r, t = symbol("m"), symbol("n"), symbol("r"), symbol("t")


def frame_potential(*, power: int = 1) -> Derivation:
    """Derive the frame potential bound: tr M^2 >= (tr M)^2 / m, with equality iff F = (tr M/m) I.

    Parameters
    ----------
    power : int
        The power of m in the bound; any other value than 1 is a near miss that is not decided.

    Returns
    -------
    Derivation
        Decided for power 1.

    References
    ----------
    Benedetto and Fickus 2003.

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> check(frame_potential()).decided
    True
    >>> check(frame_potential(power=2)).failed
    ('frame potential', 'a tight frame attains the bound')
    """
    W = matrix("W", "m", "n")
    M, F = W.star * W, W * W.star
    phi, bound = symbol("phi"), t**2 / m**power
    tight = Case(
        "tight",
        (Rule("F = (t/m) I", F, t / m * identity("m"), "W is a tight frame for the whole space"),),
        (TraceEquality("a tight frame attains the bound", trace(M * M), constant(bound)),),
    )
    return Derivation(
        "Frame potential: tr M^2 >= (tr M)^2 / m",
        (
            TraceRule("t", trace(M), t, "definition of t = tr M = |W|_F^2"),
            TraceRule("phi", trace(M * M), phi, "definition of the frame potential |M|_F^2"),
            Fact("m > 0", m, "> 0", "there is at least one dimension"),
        ),
        (
            Square("frame potential", constant(phi - bound), F - t / m * identity("m")),
            TraceEquality("|M|_F = |F|_F", trace(M * M), trace(F * F)),
            tight,
        ),
        "A square vanishes exactly when its root does: equality iff F = (tr M / m) I.",
        (("M", M), ("F", F)),
    )


def welch_bound(*, excess: ScalarLike = 0) -> Derivation:
    """Derive the Welch bound: n unit vectors in m dimensions have mu^2 >= (n - m)/(m (n - 1)).

    mu is the largest |w_i* w_j| with i != j, and n >= 2.

    Parameters
    ----------
    excess : int, Fraction or sympy expression
        Added to the bound; a positive value is a near miss that is not decided.

    Returns
    -------
    Derivation
        Decided for excess 0.

    References
    ----------
    Welch 1974.

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> from fractions import Fraction
    >>> check(welch_bound()).decided
    True
    >>> check(welch_bound(excess=Fraction(1, 1000))).failed
    ('Welch', 'slack of the bound')
    """
    W = matrix("W", "m", "n")
    M, F = W.star * W, W * W.star
    mu, off = symbol("mu"), symbol("s")
    bound = (n - m) / (m * (n - 1)) + excess
    return Derivation(
        "Welch bound: mu^2 >= (n - m)/(m (n - 1))",
        (
            TraceRule("tr M = n", trace(M), n, "the n diagonal entries of M are 1"),
            TraceRule(
                "tr M^2 = n + s",
                trace(M * M),
                n + off,
                "the sum of the squared entries of M; s is that over the off-diagonal ones",
            ),
            Fact(
                "coherence",
                n * (n - 1) * mu**2 - off,
                ">= 0",
                "each of the n (n - 1) off-diagonal entries is at most mu in absolute value",
            ),
            Fact("m > 0", m, "> 0", "there is at least one dimension"),
            Fact("n > 0", n, "> 0", "n >= 2"),
            Fact("n - 1 > 0", n - 1, "> 0", "n >= 2"),
        ),
        (
            TraceEquality("tr F = n", trace(F), constant(n)),
            Square("frame potential", constant(n + off - n**2 / m), F - n / m * identity("m")),
            Nonnegative(
                "Welch",
                mu**2 - bound,
                (
                    Product(factors=("coherence",), divisors=("n > 0", "n - 1 > 0")),
                    Product(factors=("frame potential",), divisors=("n > 0", "n - 1 > 0")),
                ),
            ),
            ScalarIdentity(
                "slack of the bound",
                n * (n - 1) * (mu**2 - bound),
                n + n * (n - 1) * mu**2 - n**2 / m,
            ),
        ),
        "The bound is attained iff both slacks vanish: W is tight and all |w_i* w_j| are equal. "
        "For n < m the bound is negative and says nothing.",
        (("M", M), ("F", F)),
    )


def stieltjes_poles(*, sign: int = 1) -> Derivation:
    """Derive the Stieltjes transform of M = W* W, its poles and its residues.

    s(z) = (1/n) tr (M - z I)^-1 = sum_k (m_k/n)/(lambda_k - z) - ((n - r)/n)/z: residue -m_k/n at
    the eigenvalue lambda_k of multiplicity m_k, and -(n - r)/n at 0.

    Parameters
    ----------
    sign : int
        Multiplies the term at 0; -1 is a near miss that is not decided.

    Returns
    -------
    Derivation
        Decided for sign 1.

    References
    ----------
    Ivanov et al. 2026, Stieltjes transform of the Gram matrix.

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> check(stieltjes_poles()).decided
    True
    >>> check(stieltjes_poles(sign=-1)).failed[0]
    '(M - z I) R = I'
    """
    S = matrix("S", "n", "r")
    values = matrix("L", "r", "r", self_adjoint=True)
    K = matrix("K", "r", "r", self_adjoint=True)
    z, tau = symbol("z"), symbol("tau")
    M = S * values * S.star
    Pk, P0 = (matrix(name, "n", "n", self_adjoint=True) for name in ("P_k", "P_0"))
    lam_k, lam_l = symbol("lambda_k"), symbol("lambda_l")
    m_k, m_l = symbol("m_k"), symbol("m_l")
    resolvent = S * K * S.star - sign * (identity("n") - S * S.star) / z
    shifted = M - z * identity("n")
    at_lam_k, at_lam_l = m_k / (n * (lam_k - z)), m_l / (n * (lam_l - z))
    at_zero = -sign * (n - r) / (n * z)
    transform = at_lam_k + at_lam_l + at_zero
    regular = Case(
        "z is not in the spectrum",
        (
            Rule("S*S = I", S.star * S, identity("r"), "columns of S: orthonormal eigenvectors"),
            Rule(
                "K inverts L - z",
                values * K,
                identity("r") + z * K,
                "L is the diagonal matrix of the r nonzero eigenvalues, K = (L - z I)^-1",
            ),
            TraceRule("tr K", trace(K), tau, "tau = sum_k m_k/(lambda_k - z): K is diagonal"),
            Rule("M P_k", M * Pk, lam_k * Pk, "P_k projects on the eigenspace of lambda_k"),
            Rule("M P_0", M * P0, zero("n", "n"), "P_0 projects on the kernel of M"),
            TraceRule("m_k", trace(Pk), m_k, "m_k is the multiplicity of lambda_k"),
            Fact("z != 0", z, "!= 0", "z is not in the spectrum"),
            Fact("z != lambda_k", lam_k - z, "!= 0", "z is not in the spectrum"),
            Fact("z != lambda_l", lam_l - z, "!= 0", "z is not in the spectrum"),
        ),
        (
            Equality("(M - z I) R = I", shifted * resolvent, identity("n")),
            TraceEquality("Stieltjes", trace(resolvent) / n, constant(tau / n + at_zero)),
            Equality("resolvent on P_k", shifted * Pk / (lam_k - z), Pk),
            Equality("resolvent on P_0", shifted * (-sign * P0 / z), P0),
            TraceEquality("trace on P_k", trace(Pk / (lam_k - z)) / n, constant(at_lam_k)),
            ScalarIdentity(
                "residue at lambda_k",
                (z - lam_k) * transform,
                -m_k / n + (z - lam_k) * (at_lam_l + at_zero),
            ),
            ScalarIdentity("residue at 0", z * transform, -(n - r) / n + z * (at_lam_k + at_lam_l)),
        ),
    )
    at_first_pole = Case(
        "at the pole lambda_k",
        (Value("z = lambda_k", z, lam_k, "the remainder is evaluated at the pole"),),
        (ScalarIdentity("remainder at lambda_k", (z - lam_k) * (at_lam_l + at_zero), 0),),
    )
    at_origin = Case(
        "at the pole 0",
        (Value("z = 0", z, 0, "the remainder is evaluated at the pole"),),
        (ScalarIdentity("remainder at 0", z * (at_lam_k + at_lam_l), 0),),
    )
    return Derivation(
        "Stieltjes transform of the Gram matrix",
        (
            Fact("n > 0", n, "> 0", "there is at least one feature"),
            Fact("lambda_k != 0", lam_k, "!= 0", "lambda_k is a nonzero eigenvalue"),
            Fact("lambda_l != 0", lam_l, "!= 0", "lambda_l is a nonzero eigenvalue"),
            Fact("lambda_k != lambda_l", lam_k - lam_l, "!= 0", "distinct eigenvalues"),
        ),
        (regular, at_first_pole, at_origin),
        "s(z) = (1/n) tr R = sum_k (m_k/n)/(lambda_k - z) - ((n - r)/n)/z, where lambda_l stands "
        "for each other eigenvalue. (z - pole) s(z) is the residue plus a remainder that is "
        "regular and 0 at the pole: residue -m_k/n at lambda_k, -(n - r)/n at 0.",
        (("M", M), ("R", resolvent)),
    )
