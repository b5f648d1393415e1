"""Classical facts beside the theory: frame potential, Welch bound, Stieltjes transform."""

from .context import Fact, Value
from .deciding import Using
from .derivation import Case, Derivation
from .matrix_steps import Equality, Square, TraceEquality
from .polynomials import Polynomial, identity, matrix, zero
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


def welch_bound(*, excess: ScalarLike = 0, pairs: ScalarLike = n * (n - 1)) -> Derivation:
    """Derive the Welch bound: n unit vectors in m dimensions have mu^2 >= (n - m)/(m (n - 1)).

    mu is the largest |w_i* w_j| with i != j, and n >= 2.

    Parameters
    ----------
    excess : int, Fraction or sympy expression
        Added to the bound; a positive value is a near miss that is not decided.
    pairs : int, Fraction or sympy expression
        The off-diagonal entries that the coherence is claimed to bound together; n^2 is a weaker
        hypothesis, from which the bound does not follow.

    Returns
    -------
    Derivation
        Decided for the default values.

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
    >>> check(welch_bound(pairs=symbol("n") ** 2)).failed
    ('Welch',)
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
                pairs * mu**2 - off,
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
    the eigenvalue lambda_k of multiplicity m_k, and -(n - r)/n at 0. One eigenvalue after another
    is split off: M = lambda_k P_k + N, where N belongs to the other positive eigenvalues.

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
    Pk, P0, N, T = (
        matrix(name, "n", "n", self_adjoint=True) for name in ("P_k", "P_0", "N", "R_rest")
    )
    z, tau = symbol("z"), symbol("tau")
    lam_k, m_k = symbol("lambda_k"), symbol("m_k")
    M = lam_k * Pk + N
    resolvent = Pk / (lam_k - z) + T - sign * P0 / z
    at_lam_k, at_zero = m_k / (n * (lam_k - z)), -sign * (n - r) / (n * z)
    transform = at_lam_k + tau / n + at_zero
    regular = Case(
        "z is not in the spectrum",
        (
            Fact("z != 0", z, "!= 0", "z is not in the spectrum"),
            Fact("z != lambda_k", lam_k - z, "!= 0", "z is not in the spectrum"),
        ),
        (
            Equality("(M - z I) R = I", (M - z * identity("n")) * resolvent, identity("n")),
            TraceEquality("Stieltjes", trace(resolvent) / n, constant(transform)),
            ScalarIdentity(
                "residue at lambda_k",
                (z - lam_k) * transform,
                -m_k / n + (z - lam_k) * (tau / n + at_zero),
            ),
            ScalarIdentity("residue at 0", z * transform, -(n - r) / n + z * (at_lam_k + tau / n)),
        ),
    )
    at_first_pole = Case(
        "at the pole lambda_k",
        (Value("z = lambda_k", z, lam_k, "the remainder is evaluated at the pole"),),
        (ScalarIdentity("remainder at lambda_k", (z - lam_k) * (tau / n + at_zero), 0),),
    )
    at_origin = Case(
        "at the pole 0",
        (Value("z = 0", z, 0, "the remainder is evaluated at the pole"),),
        (ScalarIdentity("remainder at 0", z * (at_lam_k + tau / n), 0),),
    )
    none, rest = zero("n", "n"), identity("n") - Pk - P0
    orthogonal = "different eigenspaces are orthogonal"
    return Derivation(
        "Stieltjes transform of the Gram matrix",
        (
            Rule("P_k P_k", Pk * Pk, Pk, "P_k projects on the eigenspace of lambda_k"),
            Rule("P_k P_0", Pk * P0, none, "P_0 projects on the kernel of M; " + orthogonal),
            Rule("N P_k", N * Pk, none, "N is the sum of lambda_l P_l over the other eigenvalues"),
            Rule("N P_0", N * P0, none, "N is the sum of lambda_l P_l over the other eigenvalues"),
            Rule(
                "N R_rest",
                N * T,
                z * T + rest,
                "spectral theorem: I - P_k - P_0 projects on the sum of the other eigenspaces, and "
                "there R_rest inverts N - z I, for real z that is none of the other eigenvalues",
            ),
            Rule("P_k R_rest", Pk * T, none, "R_rest maps into the other eigenspaces"),
            Rule("P_0 R_rest", P0 * T, none, "R_rest maps into the other eigenspaces"),
            TraceRule("m_k", trace(Pk), m_k, "m_k is the multiplicity of lambda_k"),
            TraceRule(
                "kernel", trace(P0), n - r, "M has rank r, so its kernel has the dimension n - r"
            ),
            TraceRule("rest", trace(T), tau, "definition of tau = tr R_rest"),
            Fact("n > 0", n, "> 0", "there is at least one feature"),
            Fact("lambda_k != 0", lam_k, "!= 0", "lambda_k is a nonzero eigenvalue"),
        ),
        (regular, at_first_pole, at_origin, _next_eigenvalue(N, T, rest)),
        "For real z outside the spectrum, s(z) = (1/n) tr R = (m_k/n)/(lambda_k - z) + tau/n - "
        "((n - r)/n)/z, and tau = sum m_l/(lambda_l - z) over the other eigenvalues, split off one "
        "after another; so s(z) = sum_k (m_k/n)/(lambda_k - z) - ((n - r)/n)/z. Both sides are "
        "rational functions of z that agree at infinitely many real numbers, so they agree at all "
        "complex z outside the spectrum. (z - pole) s(z) is the residue plus a remainder that is "
        "regular and 0 at the pole: residue -m_k/n at lambda_k, -(n - r)/n at 0.",
        (("M", M), ("R", resolvent)),
    )


def _next_eigenvalue(N: Polynomial, T: Polynomial, rest: Polynomial) -> Case:
    """Return the case that splits one more eigenvalue off the resolvent of the rest."""
    Pk, P0, Pl, Tl = (
        matrix(name, "n", "n", self_adjoint=name in ("P_k", "P_0"))
        for name in ("P_k", "P_0", "P_l", "R_l")
    )
    z, lam_l = symbol("z"), symbol("lambda_l")
    m_l, tau_l = symbol("m_l"), symbol("tau_l")
    none = zero("n", "n")
    orthogonal = "different eigenspaces are orthogonal"
    outside = "R_l maps into the eigenspaces other than those of lambda_k, lambda_l and 0"
    return Case(
        "the next eigenvalue lambda_l",
        (
            Rule("N P_l", N * Pl, lam_l * Pl, "P_l projects on the eigenspace of lambda_l"),
            Rule("P_k P_l", Pk * Pl, none, orthogonal),
            Rule("P_0 P_l", P0 * Pl, none, orthogonal),
            Rule("P_k R_l", Pk * Tl, none, outside),
            Rule("P_0 R_l", P0 * Tl, none, outside),
            Rule("N R_l", N * Tl, z * Tl + rest - Pl, "on these eigenspaces R_l inverts N - z I"),
            TraceRule("m_l", trace(Pl), m_l, "m_l is the multiplicity of lambda_l"),
            TraceRule("rest after lambda_l", trace(Tl), tau_l, "definition of tau_l = tr R_l"),
            Fact("z != lambda_l", lam_l - z, "!= 0", "z is none of the other eigenvalues"),
        ),
        (
            Equality(
                "R_rest on P_l",
                T * Pl,
                Pl / (lam_l - z),
                using=(Using("N P_l", left=T, factor=-1 / (lam_l - z)),),
                as_rule=True,
            ),
            Equality(
                "R_rest splits",
                T,
                Pl / (lam_l - z) + Tl,
                using=(Using("N R_l", left=T, factor=-1),),
                as_rule=True,
            ),
            TraceEquality(
                "tau splits",
                constant(symbol("tau")),
                constant(m_l / (lam_l - z) + tau_l),
                using=(Using("rest", factor=-1),),
            ),
        ),
    )
