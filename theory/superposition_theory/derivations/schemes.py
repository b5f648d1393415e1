"""Association schemes of any size: duality, Krein parameters, tight frames and components."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from .context import Fact
from .deciding import Using
from .derivation import Case, Derivation
from .equiangular import equiangular_from_graph, graph_from_equiangular
from .matrix_steps import Equality, Square, TraceEquality
from .polynomials import identity, matrix, scalar, zero
from .rewriting import Rule, TraceRule
from .scalar_steps import Nonnegative, Product, ScalarIdentity
from .scalars import ScalarLike, symbol
from .traces import constant, trace

n, m, c, d, lam = (symbol(name) for name in ("n", "m", "c", "d", "lambda"))


def bose_mesner_duality(*, order: ScalarLike = n) -> Derivation:
    """Derive P Q = Q P = n I and the orthogonality of the rows and columns of P and Q.

    The adjacency matrices A_i and the primitive idempotents E_j of a commutative scheme are two
    orthogonal bases of one space. As columns of N = n^2 entries they are the matrices A and E, with
    A = E P and A Q = n E; K and M are the diagonal matrices of the valencies and multiplicities.

    Parameters
    ----------
    order : int, Fraction or sympy expression
        Claims P Q = order I; any other value than n is a near miss that is not decided.

    Returns
    -------
    Derivation
        Decided for the default value.

    References
    ----------
    Bannai and Ito 1984, "Algebraic Combinatorics I", chapter II.

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> check(bose_mesner_duality()).decided, check(bose_mesner_duality(order=1)).failed
    (True, ('P Q = n I', 'rows of P'))
    """
    A, E = matrix("A", "N", "r"), matrix("E", "N", "r")
    P, Q = matrix("P", "r", "r"), matrix("Q", "r", "r")
    K, M = (matrix(name, "r", "r", self_adjoint=True) for name in ("K", "M"))
    K1, M1 = matrix("K_inverse", "r", "r"), matrix("M_inverse", "r", "r")
    return Derivation(
        "Duality of the eigenmatrices of a commutative association scheme",
        (
            Rule("E P = A", E * P, A, "A_i = sum_j P_ji E_j, the definition of P"),
            Rule("A Q = n E", A * Q, n * E, "E_j = (1/n) sum_i Q_ij A_i, the definition of Q"),
            Rule(
                "A*A = n K",
                A.star * A,
                n * K,
                "A_i has n k_i entries 1, and no two of these matrices share one",
            ),
            Rule("E*E = M", E.star * E, M, "tr E_i E_j is m_j for i = j, and 0 otherwise"),
            Rule("K_inverse", K1 * K, identity("r"), "valencies are positive"),
            Rule("M_inverse", M1 * M, identity("r"), "multiplicities are positive"),
            Fact("n > 0", n, "> 0", "there are points"),
        ),
        (
            Equality(
                "P Q = n I",
                P * Q,
                order * identity("r"),
                using=(
                    Using("M_inverse", right=P * Q, factor=-1),
                    Using("E*E = M", left=M1, right=P * Q, factor=-1),
                ),
            ),
            Equality(
                "Q P = n I",
                Q * P,
                n * identity("r"),
                using=(
                    Using("K_inverse", right=Q * P, factor=-1),
                    Using("A*A = n K", left=K1, right=Q * P, factor=-1 / n),
                ),
            ),
            Equality(
                "columns of P",
                P.star * M * P,
                n * K,
                using=(Using("E*E = M", left=P.star, right=P, factor=-1),),
            ),
            Equality(
                "P* M = K Q",
                P.star * M,
                K * Q,
                using=(
                    Using("E*E = M", left=P.star, factor=-1),
                    Using("A*A = n K", right=Q, factor=1 / n),
                ),
                as_rule=True,
            ),
            Equality(
                "rows of P",
                P * K1 * P.star * M,
                order * identity("r"),
                using=(
                    Using("K_inverse", left=P, right=Q),
                    Using("M_inverse", right=P * Q, factor=-1),
                    Using("E*E = M", left=M1, right=P * Q, factor=-1),
                ),
            ),
        ),
        "Entry by entry: m_j conj(P_ji) = k_i Q_ij, sum_i |P_ji|^2 / k_i = n / m_j, and different "
        "rows of P are orthogonal with the weights 1/k_i, different columns with the weights m_j.",
        (),
    )


def krein_condition(*, sign: int = 1) -> Derivation:
    """Derive q_ij^k >= 0 for all Krein parameters of a commutative association scheme.

    E_i o E_j = (1/n) sum_k q_ij^k E_k entry by entry, and E_i o E_j = V* (E_i x E_j) V for the
    Kronecker product and the map V from e_x to e_x x e_x.

    Parameters
    ----------
    sign : int
        Claims sign * q_ij^k >= 0; -1 is a near miss that is not decided.

    Returns
    -------
    Derivation
        Decided for sign 1.

    References
    ----------
    Scott 1973, "A condition on Higman's parameters".

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> check(krein_condition()).decided, check(krein_condition(sign=-1)).failed
    (True, ('q >= 0',))
    """
    V, B = matrix("V", "N", "n"), matrix("B", "N", "N", self_adjoint=True)
    Ek = matrix("E_k", "n", "n", self_adjoint=True)
    q = symbol("q")
    return Derivation(
        "The Krein parameters of a commutative association scheme are nonnegative",
        (
            Rule("B B", B * B, B, "B = E_i x E_j is the Kronecker product of two projectors"),
            Rule("E_k E_k", Ek * Ek, Ek, "E_k is a projector"),
            Rule(
                "V*B V E_k",
                V.star * B * V * Ek,
                q / n * Ek,
                "V*B V = E_i o E_j = (1/n) sum_l q_ij^l E_l with q = q_ij^k, and E_l E_k = 0 for "
                "l != k",
            ),
            TraceRule("m_k", trace(Ek), m, "m is the rank of E_k"),
            Fact("m > 0", m, "> 0", "E_k is not zero"),
            Fact("n > 0", n, "> 0", "there are points"),
        ),
        (
            Square("q m/n is a square", constant(q * m / n), B * V * Ek),
            Nonnegative(
                "q >= 0",
                sign * q,
                (Product(factors=("q m/n is a square", "n > 0"), divisors=("m > 0",)),),
            ),
        ),
        "q_ij^k m_k / n = |(E_i x E_j) V E_k|^2, so that q_ij^k >= 0, and q_ij^k = 0 exactly where "
        "(E_i x E_j) V E_k = 0.",
        (),
    )


def one_level(*, slack: ScalarLike = 0) -> Derivation:
    """Derive that G = sum_j lambda_j E_j is tight iff all levels lambda_j != 0 are equal.

    The E_j are orthogonal projectors with E_i E_j = 0, and tight means G^2 = c G: then G = c Pi
    with a projector Pi. For n unit vectors that span d dimensions c = n/d, and all of them have
    D = d/n.

    Parameters
    ----------
    slack : int, Fraction or sympy expression
        Claims D = d/n + slack; any other value than 0 is a near miss that is not decided.

    Returns
    -------
    Derivation
        Decided for slack 0.

    References
    ----------
    Delsarte, Goethals and Seidel 1977, "Spherical codes and designs".

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> check(one_level()).decided, check(one_level(slack=1)).failed
    (True, ('D = d/n',))
    """
    G, E, Pi = (matrix(name, "n", "n", self_adjoint=True) for name in ("G", "E", "Pi"))
    v, e = matrix("v", "n", "1"), matrix("e", "n", "1")
    only_if = Case(
        "a tight frame",
        (
            Rule("G G = c G", G * G, c * G, "G is tight"),
            Rule("G v = lambda v", G * v, lam * v, "v is in the range of any E_j"),
            Rule("v*v = 1", v.star * v, scalar(1), "v is a unit vector"),
            Fact("lambda > 0", lam, "> 0", "lambda is a level that is not zero"),
        ),
        (
            Equality(
                "lambda^2 = c lambda",
                scalar(lam**2),
                scalar(c * lam),
                using=(Using("G G = c G", left=v.star, right=v),),
            ),
            ScalarIdentity(
                "lambda = c", lam, c, using=(Using("lambda^2 = c lambda", factor=1 / lam),)
            ),
        ),
    )
    joined = Case(
        "one more level of the same size",
        (
            Rule("Pi Pi", Pi * Pi, Pi, "Pi is the sum of some E_j, a projector"),
            Rule("E E", E * E, E, "E is one more of them"),
            Rule("E Pi", E * Pi, zero("n", "n"), "E_i E_j = 0 for i != j"),
        ),
        (
            Equality("Pi + E is a projector", (Pi + E) * (Pi + E), Pi + E),
            Equality("G^2 = c G", (c * Pi + c * E) * (c * Pi + c * E), c * (c * Pi + c * E)),
        ),
    )
    unit_vectors = Case(
        "n unit vectors in d dimensions",
        (
            Rule("G is tight", G * G, c * G, "G = c Pi"),
            Rule("e*G e = 1", e.star * G * e, scalar(1), "unit vectors; e is any basis vector"),
            Fact("n = c d", n - c * d, "= 0", "n = tr G = c tr Pi, and the rank of Pi is d"),
            Fact("c > 0", c, "> 0", "G is not zero"),
            Fact("n > 0", n, "> 0", "there are vectors"),
        ),
        (
            Equality("e*G G e = c", e.star * G * G * e, scalar(c)),
            ScalarIdentity(
                "D = d/n", 1 / c, d / n + slack, using=(Using("n = c d", factor=1 / (c * n)),)
            ),
        ),
    )
    return Derivation(
        "A frame in the algebra of a scheme is tight iff its nonzero levels are equal",
        (),
        (only_if, joined, unit_vectors),
        "If G is tight, every level that is not zero equals c. Conversely the sum of the E_j with "
        "lambda_j = c is a projector Pi, one E_j after another, and G = c Pi is tight. With unit "
        "vectors G = (n/d) Pi and D = G_xx^2 / (G^2)_xx = 1/c.",
        (),
    )


def component_capacity(*, excess: ScalarLike = 0) -> Derivation:
    """Derive that D is that of the component, and sums to its rank d where that is tight.

    W_1 holds the features of a component and W_2 all the others, which are orthogonal to them.
    Where the sum of D is the rank, features of the component that are not orthogonal have one
    eigenvalue, so that a component that is connected by such pairs is tight on its span.

    Parameters
    ----------
    excess : int, Fraction or sympy expression
        Claims that D sums to d + excess; any other value than 0 is a near miss that is not decided.

    Returns
    -------
    Derivation
        Decided for excess 0.

    References
    ----------
    Elhage et al. 2022 define D; Benedetto and Fickus 2003 for tight frames.

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> check(component_capacity()).decided, check(component_capacity(excess=1)).failed
    (True, ('sum of D',))
    """
    W1, W2, w = matrix("W_1", "m", "n"), matrix("W_2", "m", "q"), matrix("w", "m", "1")
    Pi = matrix("Pi", "m", "m", self_adjoint=True)
    F = W1 * W1.star + W2 * W2.star
    F1 = matrix("F_1", "m", "m", self_adjoint=True)
    wi, wj = matrix("w_i", "m", "1"), matrix("w_j", "m", "1")
    kappa_i, kappa_j, g = symbol("kappa_i"), symbol("kappa_j"), symbol("g")
    a, s = symbol("a"), symbol("s")
    saturated = Case(
        "a component that saturates its rank",
        (
            Rule("F_1 w_i", F1 * wi, kappa_i * wi, "saturation: w_i is an eigenvector"),
            Rule("F_1 w_j", F1 * wj, kappa_j * wj, "saturation: w_j is an eigenvector"),
            Rule("w_j* w_i", wj.star * wi, scalar(g), "g is their inner product"),
            Fact("g != 0", g, "!= 0", "they are not orthogonal"),
        ),
        (
            Equality(
                "(kappa_i - kappa_j) g = 0",
                scalar(kappa_i * g),
                scalar(kappa_j * g),
                using=(Using("F_1 w_i", left=wj.star, factor=-1),),
            ),
            ScalarIdentity(
                "kappa_i = kappa_j",
                kappa_i,
                kappa_j,
                using=(Using("(kappa_i - kappa_j) g = 0", factor=1 / g),),
            ),
        ),
    )
    tight = Case(
        "a tight component",
        (
            Rule("tight", W1 * W1.star, c * Pi, "tight on its span, with Pi the projector on it"),
            Rule("Pi w = w", Pi * w, w, "w is in the span of its component"),
            Rule("w*w = a", w.star * w, scalar(a), "a is its squared norm"),
            TraceRule("rank", trace(Pi), d, "the rank d of a projector is its trace"),
            TraceRule("s", trace(W1.star * W1), s, "s is the sum of the squared norms"),
            Fact("c > 0", c, "> 0", "the component is not zero"),
        ),
        (
            Equality("w*F w = c a", w.star * F * w, scalar(c * a)),
            ScalarIdentity("D = a/c", a**2 / (c * a), a / c),
            TraceEquality("s = c d", constant(s), constant(c * d), using=(Using("s", factor=-1),)),
            ScalarIdentity("sum of D", s / c, d + excess, using=(Using("s = c d", factor=1 / c),)),
        ),
    )
    return Derivation(
        "The capacity of an orthogonal component",
        (Rule("W_2* w = 0", W2.star * w, zero("q", "1"), "other components are orthogonal to w"),),
        (
            Equality("w*F w is that of the component", w.star * F * w, w.star * W1 * W1.star * w),
            saturated,
            tight,
        ),
        "D = (w*w)^2/(w*F w) needs the features of the component alone, so that the capacity bound "
        "holds for each component: its D sum to at most its rank. In a tight component D = |w|^2/c "
        "and the sum is d. Conversely, where the sum is the rank, every feature is an eigenvector "
        "of F_1 = W_1 W_1*, and along a path of features that are not orthogonal the eigenvalue is "
        "one, so that F_1 W_1 = c W_1.",
        (("F", F),),
    )


SCHEME_DERIVATIONS: Mapping[str, Callable[[], Derivation]] = MappingProxyType(
    {
        "bose_mesner_duality": bose_mesner_duality,
        "krein_condition": krein_condition,
        "one_level": one_level,
        "component_capacity": component_capacity,
        "equiangular_from_graph": equiangular_from_graph,
        "graph_from_equiangular": graph_from_equiangular,
    }
)
"""Every derivation about schemes and their frames, built by a call without arguments."""
