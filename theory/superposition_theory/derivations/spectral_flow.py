"""How the spectrum of the Gram matrix moves under M_dot = -2 (G M + M G).

Dots are derivatives in time. The only calculus is the product rule, which enters as hypotheses.
"""

from .context import Fact
from .deciding import Using
from .derivation import Case, Derivation
from .matrix_steps import Equality, TraceEquality
from .polynomials import Polynomial, identity, matrix, scalar, zero
from .rewriting import Rule
from .scalar_steps import ScalarIdentity
from .scalars import ScalarLike, symbol
from .traces import trace

lam, mu, lam_dot = symbol("lambda"), symbol("mu"), symbol("lambda_dot")
a, b, c, k, s, d, g = (symbol(name) for name in "abcksdg")


def _symmetric(*names: str) -> tuple[Polynomial, ...]:
    """Return self-adjoint letters of shape n x n."""
    return tuple(matrix(name, "n", "n", self_adjoint=True) for name in names)


def _gram_flow(M: Polynomial, G: Polynomial, M_dot: Polynomial) -> Rule:
    """Return M_dot = -2 (G M + M G), solved for its greatest word."""
    return Rule("Gram flow", M * G, -M_dot / 2 - G * M, "M_dot = -2 (G M + M G)")


def eigenvalue_flow(*, factor: ScalarLike = 4) -> Derivation:
    """Derive how a cluster of d eigenvalues of M moves, and B_dot where they meet.

    E holds a differentiable orthonormal basis of the d-dimensional invariant subspace, and
    B = E* M E. That E exists, and what B_dot says of single eigenvalues, is cited from Kato.

    Parameters
    ----------
    factor : int, Fraction or sympy expression
        Claims tr B_dot = -factor tr(B E* G E); any other value than 4 is a near miss.

    Returns
    -------
    Derivation
        Decided for factor 4.

    References
    ----------
    Ivanov et al. 2026, eigenvalue flow; Kato 1966, "Perturbation Theory for Linear Operators",
    chapter II.

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> check(eigenvalue_flow()).decided, check(eigenvalue_flow(factor=2)).failed
    (True, ('trace by G', 'splitting'))
    """
    M, G = _symmetric("M", "G")
    E, E_dot = matrix("E", "n", "d"), matrix("E_dot", "n", "d")
    B, B_dot = (matrix(name, "d", "d", self_adjoint=True) for name in ("B", "B_dot"))
    inside = E.star * G * E
    by_G = inside * B + B * inside
    by_B = B_dot + E.star * E_dot * B - B * E.star * E_dot
    degenerate = Case(
        "one eigenvalue of multiplicity d",
        (Rule("B = lambda I", B, lam * identity("d"), "the cluster meets at this instant"),),
        (
            Equality(
                "splitting",
                B_dot,
                -factor * lam * inside,
                using=(Using("derivative of M E = E B", left=E.star, factor=2),),
            ),
        ),
    )
    return Derivation(
        "The flow of eigenvalues",
        (
            Rule("M E = E B", M * E, E * B, "the columns of E span an invariant subspace"),
            Rule("E* E = I", E.star * E, identity("d"), "they are orthonormal"),
            Rule(
                "derivative of M E = E B",
                M * G * E,
                (M * E_dot - E_dot * B - E * B_dot) / 2 - G * M * E,
                "product rule, with M_dot = -2 (G M + M G); E is differentiable, which it can be "
                "as long as the d eigenvalues stay apart from the others (Kato 1966)",
            ),
        ),
        (
            Equality(
                "inside the subspace",
                -2 * by_G,
                by_B,
                using=(Using("derivative of M E = E B", left=E.star, factor=-2),),
            ),
            TraceEquality("trace by G", trace(-2 * by_G), -factor * trace(B * inside)),
            TraceEquality("trace by B", trace(by_B), trace(B_dot)),
            degenerate,
        ),
        "The d eigenvalues of the cluster are those of B, and their sum moves at the rate tr B_dot "
        "= -4 tr(B E* G E). Where they meet in lambda, B_dot = -4 lambda E* G E: their mean moves "
        "at the rate -4 lambda tr(P G)/d with P = E E*. For d = 1: lambda_dot = -4 lambda v* G v. "
        "By Kato 1966 the d eigenvalues leave lambda at the eigenvalues of B_dot.",
        (),
    )


def projector_flow(*, sign: int = 1) -> Derivation:
    """Derive how the projector on an eigenspace of constant multiplicity turns.

    S is the reduced resolvent: S P = 0 and S (lambda - M) = I - P, that is
    S = sum_{l != k} P_l / (lambda_k - lambda_l) over the other eigenspaces, the kernel included.

    Parameters
    ----------
    sign : int
        Claims P_dot = sign (P M_dot S + S M_dot P); -1 is a near miss that is not decided.

    Returns
    -------
    Derivation
        Decided for sign 1.

    References
    ----------
    Ivanov et al. 2026, projector flow; Kato 1966, "Perturbation Theory for Linear Operators",
    chapter II.

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> check(projector_flow()).decided, check(projector_flow(sign=-1)).failed
    (True, ('P_dot', 'block by G'))
    """
    M, G, M_dot, P, P_dot, Q, S = _symmetric("M", "G", "M_dot", "P", "P_dot", "Q", "S")
    ratio = (lam + mu) / (lam - mu)
    other = Case(
        "another eigenspace",
        (
            Rule("M Q = mu Q", M * Q, mu * Q, "Q is the projector on another eigenspace"),
            Rule("Q P = 0", Q * P, zero("n", "n"), "eigenspaces are orthogonal"),
            Fact("lambda != mu", lam - mu, "!= 0", "the eigenvalues differ"),
        ),
        (
            Equality(
                "S on Q",
                Q * S,
                Q / (lam - mu),
                using=(Using("resolvent", left=Q, factor=-1 / (lam - mu)),),
            ),
            Equality(
                "block of M_dot",
                Q * M_dot * P,
                -2 * (lam + mu) * Q * G * P,
                using=(Using("Gram flow", left=Q, right=P, factor=2),),
            ),
            Equality("block of P_dot", Q * P_dot * P, Q * M_dot * P / (lam - mu)),
            Equality(
                "block by G",
                Q * P_dot * P,
                -2 * sign * ratio * Q * G * P,
                using=(Using("Gram flow", left=Q, right=P, factor=2 / (lam - mu)),),
            ),
        ),
    )
    return Derivation(
        "The flow of projectors",
        (
            Rule("P P = P", P * P, P, "P is a projector"),
            Rule("M P = lambda P", M * P, lam * P, "P projects on the eigenspace of lambda"),
            Rule("S P = 0", S * P, zero("n", "n"), "definition of S"),
            Rule("resolvent", M * S, lam * S - identity("n") + P, "S (lambda - M) = I - P"),
            Rule("derivative of P P = P", P_dot * P, P_dot - P * P_dot, "product rule"),
            Rule(
                "derivative of M P = lambda P",
                M_dot * P,
                lam_dot * P + lam * P_dot - M * P_dot,
                "product rule; the multiplicity is constant",
            ),
            _gram_flow(M, G, M_dot),
        ),
        (
            Equality("P P_dot P = 0", P * P_dot * P, zero("n", "n")),
            Equality("S M_dot P", S * M_dot * P, P_dot - P * P_dot, as_rule=True),
            Equality("P_dot", P_dot, sign * (P * M_dot * S + S * M_dot * P)),
            other,
        ),
        "P_k' = sum_{l != k} (P_k M_dot P_l + P_l M_dot P_k)/(lambda_k - lambda_l) "
        "= -2 sum_{l != k} (lambda_k + lambda_l)/(lambda_k - lambda_l) (P_k G P_l + P_l G P_k). "
        "The same steps hold for the frame operator, F in place of M.",
        (),
    )


def frozen_projectors(*, commuting: bool = True) -> Derivation:
    """Derive that M_dot has no block between eigenspaces of M where G commutes with M.

    Parameters
    ----------
    commuting : bool
        False leaves that hypothesis out, a near miss.

    Returns
    -------
    Derivation
        Decided if commuting.

    References
    ----------
    Ivanov et al. 2026, gradient flow.

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> check(frozen_projectors()).decided, check(frozen_projectors(commuting=False)).decided
    (True, False)
    """
    M, G, P, Q = _symmetric("M", "G", "P", "Q")
    commute = Rule("M G = G M", M * G, G * M, "G commutes with M")
    derivation = Derivation(
        "Frozen projectors",
        (
            commute,
            Rule("M P = lambda P", M * P, lam * P, "P projects on the eigenspace of lambda"),
            Rule("M Q = mu Q", M * Q, mu * Q, "Q projects on the eigenspace of mu"),
            Fact("lambda != mu", lam - mu, "!= 0", "the eigenvalues differ"),
        ),
        (
            Equality("M_dot = -4 G M", -2 * (G * M + M * G), -4 * G * M),
            Equality(
                "Q G P = 0",
                Q * G * P,
                zero("n", "n"),
                using=(Using("M G = G M", left=Q, right=P, factor=1 / (mu - lam)),),
            ),
        ),
        "Every block of P_dot between eigenspaces is a multiple of Q G P (projector flow), so that "
        "P_dot = 0: as long as G commutes with M and the multiplicities stay, eigenspaces stand "
        "still and only the eigenvalues move.",
        (),
    )
    return derivation if commuting else derivation.without(commute.name)


def reduced_flow(*, factor: ScalarLike = 4) -> Derivation:
    """Derive lambda_dot = -4 lambda g for a fixed projector E on which M = lambda and G = g.

    Parameters
    ----------
    factor : int, Fraction or sympy expression
        Claims lambda_dot = -factor lambda g; any other value than 4 is a near miss.

    Returns
    -------
    Derivation
        Decided for factor 4.

    References
    ----------
    Ivanov et al. 2026, gradient flow on a Bose-Mesner algebra.

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> check(reduced_flow()).decided, check(reduced_flow(factor=2)).failed
    (True, ('lambda_dot',))
    """
    M, G, M_dot, E = _symmetric("M", "G", "M_dot", "E")
    e = matrix("e", "n", "1")
    return Derivation(
        "Reduced flow on commuting idempotents",
        (
            Rule("M E = lambda E", M * E, lam * E, "M = sum_j lambda_j E_j, E = E_j"),
            Rule("G E = g E", G * E, g * E, "G = sum_j g_j E_j is in the same algebra"),
            Rule("derivative of M E = lambda E", M_dot * E, lam_dot * E, "E is fixed"),
            Rule("e*E e = b", e.star * E * e, scalar(b), "a diagonal entry of E"),
            Fact("b > 0", b, "> 0", "E is a projector and not zero; e is a suitable basis vector"),
            _gram_flow(M, G, M_dot),
        ),
        (
            Equality(
                "lambda_dot b",
                scalar(lam_dot * b),
                scalar(-4 * lam * g * b),
                using=(Using("Gram flow", left=e.star, right=E * e, factor=2),),
            ),
            ScalarIdentity(
                "lambda_dot",
                lam_dot,
                -factor * lam * g,
                using=(Using("lambda_dot b", factor=1 / b),),
            ),
        ),
        "One scalar equation for each idempotent: lambda_j' = -4 lambda_j g_j. A level that is 0 "
        "stays 0.",
        (),
    )
