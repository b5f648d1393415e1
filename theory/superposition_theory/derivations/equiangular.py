"""Real equiangular tight frames and the strongly regular graphs they are equivalent to."""

from .context import Fact
from .deciding import Using
from .derivation import Case, Derivation
from .matrix_steps import Equality
from .polynomials import identity, matrix, scalar
from .rewriting import Rule
from .scalar_steps import ScalarIdentity
from .scalars import ScalarLike, symbol

v, k, lam, mu, n, d, theta = (
    symbol(name) for name in ("v", "k", "lambda", "mu", "n", "d", "theta")
)
# X is the adjacency matrix of a graph on v points, O the column of v ones.
_X, _O = matrix("X", "v", "v", self_adjoint=True), matrix("O", "v", "1")
_I, _J = identity("v"), _O * _O.star


def equiangular_from_graph(*, ratio: ScalarLike = 2) -> Derivation:
    """Derive an equiangular tight frame of n = v + 1 vectors from a graph with k = 2 mu.

    For the strongly regular graph X the Seidel matrix S = [[0, 1], [1, T]], T = J - I - 2X, has
    S^2 = v I + c S with c = v - 1 - 2k, and with its negative eigenvalue theta G = I - S/theta is
    the Gram matrix of the frame, with inner products +-1/theta.

    Parameters
    ----------
    ratio : int, Fraction or sympy expression
        Assumes k = ratio * mu; any other value than 2 is a near miss that is not decided.

    Returns
    -------
    Derivation
        Decided for ratio 2.

    References
    ----------
    Waldron 2009, "On the construction of equiangular frames from graphs"; Seidel 1976,
    "A survey of two-graphs".

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> check(equiangular_from_graph()).decided
    True
    >>> check(equiangular_from_graph(ratio=3)).failed
    ('J + T^2 = v I + c T',)
    """
    valency = ratio * mu
    T, c = _J - _I - 2 * _X, v - 1 - 2 * valency
    S, unit = matrix("S", "n", "n", self_adjoint=True), identity("n")
    G, level = unit - S / theta, 1 + (n - 1) / theta**2
    frame = Case(
        "the frame",
        (
            Rule(
                "S S",
                S * S,
                (n - 1) * unit + (theta - (n - 1) / theta) * S,
                "S^2 = v I + c S with v = n - 1, and theta^2 = n - 1 + c theta",
            ),
            Fact("theta < 0", -theta, "> 0", "theta is the negative root"),
            Fact("d", d * level - n, "= 0", "n = tr G is d times the level, d the rank"),
            Fact("d > 0", d, "> 0", "G is not zero"),
            Fact("n - 1 > 0", n - 1, "> 0", "n >= 2"),
        ),
        (
            Equality("G is tight", G * G, level * G),
            ScalarIdentity(
                "Welch bound",
                1 / theta**2,
                (n - d) / (d * (n - 1)),
                using=(Using("d", factor=1 / (d * (n - 1))),),
            ),
        ),
    )
    return Derivation(
        "A strongly regular graph with k = 2 mu gives an equiangular tight frame",
        (
            Rule("X O", _X * _O, valency * _O, "every point has k = 2 mu neighbours"),
            Rule(
                "X X",
                _X * _X,
                (valency - mu) * _I + (lam - mu) * _X + mu * _J,
                "adjacent points have lambda common neighbours, other points mu",
            ),
            Rule("O*O", _O.star * _O, scalar(v), "there are v points"),
            Fact("v > 0", v, "> 0", "there are points"),
            Fact("mu > 0", mu, "> 0", "k = 2 mu > 0"),
        ),
        (
            Equality(
                "two steps",
                scalar(valency**2 * v),
                scalar((valency - mu + (lam - mu) * valency + mu * v) * v),
                using=(Using("X X", left=_O.star, right=_O),),
            ),
            Equality("T O = c O", T * _O, c * _O),
            Equality(
                "J + T^2 = v I + c T",
                _J + T * T,
                v * _I + c * T,
                using=(Using("two steps", left=_X, factor=-2 / (mu * v)),),
            ),
            frame,
        ),
        "The first row of S^2 is (v, c O*), the rest is J + T^2, so that S^2 = v I + c S. G is "
        "positive semidefinite and tight, of rank d, with the diagonal 1 and all other entries "
        "+-1/theta.",
        (("T", T), ("G", G)),
    )


def graph_from_equiangular(*, offset: ScalarLike = 0) -> Derivation:
    """Derive a strongly regular graph with k = 2 mu from a real equiangular tight frame.

    Changing signs of the n = v + 1 vectors makes all inner products with the first one positive; S
    is the matrix of signs of the others, and X joins vectors of negative inner product.

    Parameters
    ----------
    offset : int, Fraction or sympy expression
        Claims mu = k/2 + offset; any other value than 0 is a near miss that is not decided.

    Returns
    -------
    Derivation
        Decided for offset 0.

    References
    ----------
    As for `equiangular_from_graph`.

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> check(graph_from_equiangular()).decided, check(graph_from_equiangular(offset=1)).failed
    (True, ('X X',))
    """
    T, c = matrix("T", "v", "v", self_adjoint=True), v - 1 - 2 * k
    X = (_J - _I - T) / 2
    common, other = (3 * k - v - 1) / 2, k / 2 + offset
    return Derivation(
        "A real equiangular tight frame gives a strongly regular graph with k = 2 mu",
        (
            Rule("T O", T * _O, c * _O, "first row of S^2 = v I + c S; k is (v - 1 - c)/2"),
            Rule("T T", T * T, v * _I + c * T - _J, "the rest of S^2 = v I + c S"),
            Rule("O*O", _O.star * _O, scalar(v), "there are v points"),
        ),
        (
            Equality("X O", X * _O, k * _O),
            Equality("X X", X * X, (k - other) * _I + (common - other) * X + other * _J),
        ),
        "X is a symmetric 0/1 matrix with diagonal 0: every point has k neighbours, adjacent ones "
        "have lambda = (3k - v - 1)/2 common ones and others mu = k/2. X is neither 0 nor J - I: "
        "then S has the eigenvalues n - 1 and -1 up to sign, and d is n - 1 or 1.",
        (("X", X),),
    )
