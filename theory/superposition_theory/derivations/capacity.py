"""The capacity bound and its equality case, from a rank factorisation alone."""

from dataclasses import dataclass

from .context import Fact, Hypothesis
from .deciding import Using
from .derivation import Case, Derivation
from .matrix_steps import Equality, Square, TraceEquality
from .polynomials import Polynomial, identity, matrix, scalar, zero
from .rewriting import Rule
from .scalar_steps import Nonnegative, Product, ScalarIdentity
from .scalars import symbol
from .traces import constant, trace

g, kappa, h, lam = symbol("g"), symbol("kappa"), symbol("h"), symbol("lambda")


@dataclass(frozen=True)
class RankFactorisation:
    """W = U V with U of shape (m, r) and V of shape (r, n), both of full rank r.

    Parameters
    ----------
    U, V : Polynomial
        The factors.
    A, B : Polynomial
        The inverses of U* U and V V*.
    rules : tuple of Rule
        What makes A and B inverses.

    Examples
    --------
    >>> rank_factorisation().W.shape
    ('m', 'n')
    """

    U: Polynomial
    V: Polynomial
    A: Polynomial
    B: Polynomial
    rules: tuple[Hypothesis, ...]

    @property
    def W(self) -> Polynomial:
        """The matrix; columns are features."""
        return self.U * self.V

    @property
    def gram(self) -> Polynomial:
        """The Gram matrix G = W* W."""
        return self.W.star * self.W

    @property
    def frame(self) -> Polynomial:
        """The frame operator F = W W*."""
        return self.W * self.W.star

    @property
    def row_projector(self) -> Polynomial:
        """P = V* B V, the orthogonal projector on the row space of W."""
        return self.V.star * self.B * self.V

    @property
    def left_inverse(self) -> Polynomial:
        """The Moore-Penrose inverse of W, V* B A U*; it takes W to P."""
        return self.V.star * self.B * self.A * self.U.star

    @property
    def pseudo_inverse(self) -> Polynomial:
        """The Moore-Penrose inverse of the frame operator, U A B A U*."""
        return self.U * self.A * self.B * self.A * self.U.star

    @property
    def notation(self) -> tuple[tuple[str, Polynomial], ...]:
        """The abbreviations."""
        return (("W", self.W), ("G", self.gram), ("F", self.frame), ("P", self.row_projector))


def rank_factorisation() -> RankFactorisation:
    """Return a rank factorisation of a matrix W of unspecified shape (m, n) and rank r.

    Returns
    -------
    RankFactorisation
        Letters and the two rules that say that A and B are inverses.

    Examples
    --------
    >>> [rule.name for rule in rank_factorisation().rules]
    ['A inverts U*U', 'B inverts VV*']
    """
    U, V = matrix("U", "m", "r"), matrix("V", "r", "n")
    A = matrix("A", "r", "r", self_adjoint=True)
    B = matrix("B", "r", "r", self_adjoint=True)
    reason = (
        "W of rank r is U V with {} of full rank r, so {} is symmetric and invertible, "
        "and so is its inverse"
    )
    rules = (
        Rule("A inverts U*U", U.star * U * A, identity("r"), reason.format("U", "U*U")),
        Rule("B inverts VV*", V * V.star * B, identity("r"), reason.format("V", "VV*")),
    )
    return RankFactorisation(U, V, A, B, rules)


def _coordinate(parts: RankFactorisation, e: Polynomial) -> tuple[Hypothesis, ...]:
    """Return the definitions for one feature w = W e that is not zero."""
    return (
        Rule("e is a unit vector", e.star * e, scalar(1), "e is a coordinate vector"),
        Rule("leverage", e.star * parts.row_projector * e, scalar(h), "definition of h"),
        Rule("norm", e.star * parts.gram * e, scalar(g), "definition of g = |w|^2, w = W e"),
        Rule(
            "Rayleigh",
            e.star * parts.gram * parts.gram * e,
            scalar(kappa * g),
            "definition of kappa = w*Fw / |w|^2 = |G e|^2 / g",
        ),
        Fact("g > 0", g, "> 0", "w = W e is not zero"),
    )


def _positive_rayleigh(
    parts: RankFactorisation, e: Polynomial
) -> tuple[Equality | Square | Nonnegative, ...]:
    """Return the steps that prove kappa > 0."""
    return (
        Square("Ge against e", scalar(kappa * g - g**2), parts.gram * e - g * e),
        Nonnegative(
            "kappa > 0",
            kappa,
            (Product(factors=("Ge against e",), divisors=("g > 0",)), Product(factors=("g > 0",))),
            strict=True,
        ),
    )


def _zero_column(parts: RankFactorisation, e: Polynomial) -> Case:
    """Return the case of a feature that is not represented: its leverage is 0."""
    return Case(
        "zero column",
        (Rule("w = 0", parts.W * e, zero("m", "1"), "the feature is not represented; D = 0"),),
        (
            Equality(
                "V e = 0",
                parts.V * e,
                zero("r", "1"),
                using=(Using("w = 0", left=parts.A * parts.U.star),),
                as_rule=True,
            ),
            Equality("leverage is 0", e.star * parts.row_projector * e, scalar(0)),
        ),
    )


def capacity_bound(*, exponent: int = 2) -> Derivation:
    """Derive that the fractional dimensionalities sum to at most the rank.

    For W of shape (m, n) and rank r, and D_i = (w_i* w_i)^2 / (w_i* F w_i) (0 for a zero column):
    sum_i D_i <= r <= m. With P the projector on the row space of W and G = W* W,
    P_ii - D_i = |P e_i - G e_i/kappa_i|^2.

    Parameters
    ----------
    exponent : int
        The power of w* w in D; any other value than 2 is a near miss that is not decided.

    Returns
    -------
    Derivation
        Decided for exponent 2.

    References
    ----------
    Ivanov et al. 2026, capacity bound.

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> check(capacity_bound()).decided, check(capacity_bound(exponent=1)).failed
    (True, ('leverage minus D',))
    """
    parts, e = rank_factorisation(), matrix("e", "n", "1")
    W, G, P = parts.W, parts.gram, parts.row_projector
    fractional_dimensionality = g**exponent / (kappa * g)
    nonzero = Case(
        "nonzero column",
        _coordinate(parts, e),
        (
            *_positive_rayleigh(parts, e),
            Square(
                "leverage minus D",
                scalar(h - fractional_dimensionality),
                P * e - G * e / kappa,
            ),
            Nonnegative(
                "D > 0",
                fractional_dimensionality,
                (Product(factors=("g > 0",) * exponent, divisors=("g > 0", "kappa > 0")),),
                strict=True,
            ),
        ),
    )
    return Derivation(
        "Capacity bound: sum_i D_i <= rank W <= m",
        parts.rules,
        (
            Equality("P is self-adjoint", P.star, P),
            Equality("P is idempotent", P * P, P),
            Equality("W P = W", W * P, W),
            Equality("P is a multiple of W", P, parts.left_inverse * W),
            Equality("G P = G", G * P, G),
            TraceEquality("trace of P", trace(P), constant(symbol("r"))),
            nonzero,
            _zero_column(parts, e),
        ),
        "P is the orthogonal projector on the row space, and P_ii - D_i >= 0 for every feature. "
        "Sum over i: sum_i D_i <= tr P = r, and the rank r is at most the number m of rows.",
        parts.notation,
    )


def saturation_iff_localization(*, eigenvalue_factor: int = 1) -> Derivation:
    """Derive that the bound is attained exactly when every feature is an eigenvector or zero.

    For each feature, P_ii = D_i iff F w_i = kappa_i w_i; so sum_i D_i = rank W iff every nonzero
    w_i is an eigenvector of the frame operator F = W W*.

    Parameters
    ----------
    eigenvalue_factor : int
        Claims F w = eigenvalue_factor * kappa w; any other value than 1 is a near miss.

    Returns
    -------
    Derivation
        Decided for eigenvalue_factor 1.

    References
    ----------
    Ivanov et al. 2026, saturation and localization.

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> check(saturation_iff_localization()).decided
    True
    """
    parts, e = rank_factorisation(), matrix("e", "n", "1")
    W, G, F, P = parts.W, parts.gram, parts.frame, parts.row_projector
    w, claimed = W * e, eigenvalue_factor * kappa
    gap = P * e - G * e / kappa
    saturated = Case(
        "saturated",
        (Rule("gap is zero", G * e, kappa * P * e, "P_ii = D_i, so P e - G e/kappa = 0"),),
        (Equality("w is an eigenvector", F * w, claimed * w),),
    )
    localized = Case(
        "localized",
        (Rule("eigenvector", F * w, lam * w, "w is an eigenvector of F"),),
        (
            Equality(
                "kappa g = lambda g",
                scalar(kappa * g),
                scalar(lam * g),
                using=(Using("Rayleigh", factor=-1),),
            ),
            ScalarIdentity(
                "kappa is the eigenvalue", kappa, lam, (Using("kappa g = lambda g", factor=1 / g),)
            ),
            Equality(
                "G e = lambda P e",
                G * e,
                lam * P * e,
                using=(Using("eigenvector", left=parts.left_inverse),),
                as_rule=True,
            ),
            Equality(
                "the gap vanishes",
                gap,
                zero("n", "1"),
                using=(Using("kappa is the eigenvalue", left=P * e, factor=1 / kappa),),
            ),
        ),
    )
    nonzero = Case(
        "nonzero column",
        _coordinate(parts, e),
        (
            *_positive_rayleigh(parts, e),
            Square("leverage minus D", scalar(h - g / kappa), gap),
            Equality("W applied to the gap", W * gap, w - F * w / kappa),
            saturated,
            localized,
        ),
    )
    return Derivation(
        "Saturation iff localization",
        parts.rules,
        (
            TraceEquality("trace of P", trace(P), constant(symbol("r"))),
            nonzero,
            _zero_column(parts, e),
        ),
        "rank W - sum_i D_i = sum_i |P e_i - G e_i/kappa_i|^2 over the nonzero columns. A sum of "
        "squares vanishes exactly when each term does, and a term vanishes exactly when w_i is an "
        "eigenvector of F.",
        parts.notation,
    )
