"""The exact deficit of a feature in its spectral measure, and what a small deficit forces."""

import sympy

from .capacity import rank_factorisation
from .context import Fact, Value
from .deciding import Using
from .derivation import Case, Derivation
from .expectations import Expectation
from .matrix_steps import Equality, TraceEquality
from .polynomials import matrix, scalar, zero
from .rewriting import Rule
from .scalar_steps import Averaged, Nonnegative, Product, ScalarIdentity
from .scalars import EXPECTATION, symbol
from .traces import constant, trace

kappa, lam, mu = symbol("kappa"), symbol("lambda"), symbol("mu")
w2 = symbol("w2")
E = EXPECTATION


def deficit_identity(*, exponent: int = 2) -> Derivation:
    """Derive the exact deficit: h_i - D_i = |w_i|^2 E[(lambda - kappa_i)^2 / (lambda kappa_i^2)].

    E is the expectation under the spectral measure of w_i, h_i = w_i* F+ w_i is the leverage score
    and kappa_i = E[lambda] the Rayleigh quotient. The sum over i of h_i is the rank of W.

    Parameters
    ----------
    exponent : int
        The power of lambda - kappa; any other value than 2 is a near miss that is not decided.

    Returns
    -------
    Derivation
        Decided for exponent 2.

    References
    ----------
    Ours; it contains the capacity bound of Ivanov et al. 2026.

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> check(deficit_identity()).decided, check(deficit_identity(exponent=4)).failed[0]
    (True, 'deficit')
    """
    parts, e = rank_factorisation(), matrix("e", "n", "1")
    W, F, P, Fp = parts.W, parts.frame, parts.row_projector, parts.pseudo_inverse
    w = W * e
    Pk = matrix("P_k", "m", "m", self_adjoint=True)
    Pl = matrix("P_l", "m", "m", self_adjoint=True)
    lam_k, p_k = symbol("lambda_k"), symbol("p_k")
    column = (
        Rule("norm", w.star * w, scalar(w2), "definition of w2 = |w|^2"),
        Rule("Rayleigh", w.star * F * w, scalar(kappa * w2), "definition of kappa"),
        Fact("kappa > 0", kappa, "> 0", "proved in the capacity bound for w not zero"),
        Fact("w2 > 0", w2, "> 0", "w is not zero"),
    )
    eigenspaces = (
        Rule("F P_k", F * Pk, lam_k * Pk, "P_k projects on the eigenspace of lambda_k"),
        Rule("P_k P_k", Pk * Pk, Pk, "P_k is a projector"),
        Rule("P_k P_l", Pk * Pl, zero("m", "m"), "different eigenspaces are orthogonal"),
        Rule("weight", w.star * Pk * w, scalar(p_k * w2), "definition of p_k = |P_k w|^2 / w2"),
        Fact("lambda_k > 0", lam_k, "> 0", "k runs over the distinct positive eigenvalues"),
    )
    range_projector = parts.U * parts.A * parts.U.star
    rest = matrix("P_rest", "m", "m")
    resolution = "completeness"
    split = Case(
        "the eigenspaces fill the range of F",
        (
            Rule(
                resolution,
                range_projector,
                Pk + rest,
                "spectral theorem: the P_k of all positive eigenvalues add up to the projector on "
                "the range of F; P_rest is the sum of all but P_k",
            ),
        ),
        (
            Equality("w = P_k w + P_rest w", w, Pk * w + rest * w, (Using(resolution, right=w),)),
            Equality(
                "P_rest P_k = 0",
                rest * Pk,
                zero("m", "m"),
                (Using(resolution, right=Pk, factor=-1),),
            ),
            Equality(
                "norm splits",
                scalar(w2),
                scalar(p_k * w2) + w.star * rest * w,
                (Using(resolution, left=w.star, right=w),),
            ),
            Equality(
                "energy splits",
                scalar(kappa * w2),
                scalar(lam_k * p_k * w2) + w.star * F * rest * w,
                (Using(resolution, left=w.star * F, right=w),),
            ),
            Equality(
                "leverage splits",
                w.star * Fp * w,
                scalar(p_k * w2 / lam_k) + w.star * Fp * rest * w,
                (
                    Using(resolution, left=w.star * Fp, right=w),
                    Using("F+ is 1/lambda_k on P_k", left=w.star, right=w),
                ),
            ),
        ),
    )
    centred = F * w - kappa * w
    operator_form = centred.star * Fp * centred / kappa**2
    deviation = (lam - kappa) ** exponent / (lam * kappa**2)
    penrose = (
        Equality("F F+ F = F", F * Fp * F, F),
        Equality("F+ F F+ = F+", Fp * F * Fp, Fp),
        Equality("F F+ is self-adjoint", (F * Fp).star, F * Fp),
        Equality("F+ F is self-adjoint", (Fp * F).star, Fp * F),
        Equality("F F+ = U A U*", F * Fp, range_projector),
        Equality("W* F+ W = P", W.star * Fp * W, P),
        TraceEquality("leverages sum to the rank", trace(W.star * Fp * W), constant(symbol("r"))),
    )
    spectral = (
        Equality(
            "P_k is in the range of F",
            range_projector * Pk,
            Pk,
            using=(Using("F P_k", left=range_projector, factor=-1 / lam_k),),
            as_rule=True,
        ),
        Equality(
            "F+ is 1/lambda_k on P_k",
            Fp * Pk,
            Pk / lam_k,
            using=(Using("F P_k", left=Fp, factor=-1 / lam_k),),
            as_rule=True,
        ),
        Equality("norm in eigenspace k", (Pk * w).star * Pk * w, scalar(p_k * w2)),
        Equality("w is in the range of F", range_projector * w, w),
        Equality("leverage in eigenspace k", (Pk * w).star * Fp * Pk * w, scalar(p_k * w2 / lam_k)),
        Equality("energy in eigenspace k", (Pk * w).star * F * Pk * w, scalar(lam_k * p_k * w2)),
        Equality("no cross terms in w* F w", (Pk * w).star * F * Pl * w, scalar(0)),
        Equality("no cross terms in w* F+ w", (Pl * w).star * Fp * Pk * w, scalar(0)),
        split,
    )
    deficit = w2 * E(1 / lam) - w2**2 / (kappa * w2)
    return Derivation(
        "Deficit identity: rank W - sum_i D_i in the spectral measures",
        (
            *parts.rules,
            *column,
            *eigenspaces,
            Fact("lambda > 0", lam, "> 0", "the atoms of the measure are positive eigenvalues"),
            Value("E[lambda] = kappa", E(lam), kappa, "the sum over k of the energies is kappa w2"),
        ),
        (
            *penrose,
            *spectral,
            Equality("deficit in operators", w.star * Fp * w - scalar(w2 / kappa), operator_form),
            ScalarIdentity("deficit", deficit, w2 * E(deviation)),
            Nonnegative(
                "integrand >= 0",
                deviation,
                (Product(squares=((lam - kappa) / kappa,), divisors=("lambda > 0",)),),
            ),
            Averaged("mean integrand >= 0", "integrand >= 0", deviation),
            Nonnegative(
                "deficit >= 0", deficit, (Product(factors=("w2 > 0", "mean integrand >= 0")),)
            ),
        ),
        "Splitting off one eigenspace after another, w = sum_k P_k w and, for f(x) = 1, x and 1/x "
        "(with F+ for 1/x), w* f(F) w = sum_k f(lambda_k) p_k w2 = w2 E[f(lambda)]. So "
        "h = w2 E[1/lambda], D = w2^2/(w*Fw) = w2/kappa, and sum_i h_i = rank W gives "
        "rank W - sum_i D_i = sum_i |w_i|^2 E[(lambda - kappa_i)^2/(lambda kappa_i^2)] >= 0.",
        (*parts.notation, ("F^+", Fp)),
        Expectation((("lambda",),)),
    )


def near_saturation(*, factor: int = 2, use_smallest: bool = False) -> Derivation:
    """Derive that a small deficit forces a feature near one eigenspace, with constants.

    For h - D the deficit of a nonzero feature w, p_k its weights on the eigenspaces of F:

    - h - D >= |w|^2 Var(lambda) / (lambda_max kappa^2);
    - h - D = D E[(lambda - mu)^2 / (2 lambda mu)] for independent copies lambda, mu;
    - if distinct eigenvalues are at least gamma apart,
      1 - max_k p_k <= 2 lambda_max kappa^2 (h - D) / (gamma^2 |w|^2);
    - if (lambda_k - lambda_l)^2 / (lambda_k lambda_l) >= rho for all k != l,
      1 - max_k p_k <= 2 (h - D) / (rho D), which is invariant under scaling of W.

    The last bound is attained by a feature with half of its weight in each of two eigenspaces,
    if this pair of eigenvalues is one that gives the minimum rho.

    Parameters
    ----------
    factor : int
        The constant 2 of the two bounds; a smaller one is a near miss that is not decided.
    use_smallest : bool
        Claims the first and third bound with a lower bound lambda_min of the spectrum in place of
        lambda_max; True is a near miss.

    Returns
    -------
    Derivation
        Decided for the default values.

    References
    ----------
    Ours; it quantifies the localization theorem of Ivanov et al. 2026.

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> check(near_saturation()).decided
    True
    >>> check(near_saturation(factor=1)).failed
    ('localization', 'scale-free localization', 'two equal weights attain the bound')
    >>> check(near_saturation(use_smallest=True)).failed[0]
    'pointwise slack'
    """
    apart, mass, pmax, S = symbol("apart"), symbol("p"), symbol("p_max"), symbol("S")
    gamma, rho = symbol("gamma"), symbol("rho")
    if use_smallest:
        edge = symbol("lambda_min")
        side = Fact("lambda >= lambda_min", lam - edge, ">= 0", "lambda_min is the smallest")
    else:
        edge = symbol("lambda_max")
        side = Fact("lambda <= lambda_max", edge - lam, ">= 0", "lambda_max is the largest")
    edge_positive = Fact(f"{edge} > 0", edge, "> 0", "F has a positive eigenvalue")
    D = w2 / kappa
    deficit = w2 * E(1 / lam) - D
    gap, relative_gap = (lam - mu) ** 2, (lam - mu) ** 2 / (lam * mu)
    deviation = (lam - kappa) ** 2 / (lam * kappa**2)
    slack = deviation - (lam - kappa) ** 2 / (edge * kappa**2)
    atoms = "the atoms of the measure are positive eigenvalues"
    hypotheses = (
        Fact("lambda > 0", lam, "> 0", atoms),
        Fact("mu > 0", mu, "> 0", atoms),
        Fact("kappa > 0", kappa, "> 0", "proved in the capacity bound for w not zero"),
        Fact("w2 > 0", w2, "> 0", "w is not zero"),
        side,
        edge_positive,
        Fact(
            "gamma > 0",
            gamma,
            "> 0",
            "gamma is the minimum of |lambda_k - lambda_l| over pairs of distinct eigenvalues; "
            "any positive number if there is one eigenspace",
        ),
        Fact(
            "rho > 0",
            rho,
            "> 0",
            "rho is the minimum of (lambda_k - lambda_l)^2/(lambda_k lambda_l) over pairs of "
            "distinct eigenvalues; any positive number if there is one eigenspace",
        ),
        Fact(
            "gap",
            gap - gamma**2 * apart,
            ">= 0",
            "apart is 1 if lambda != mu and else 0; gamma is a minimum over the former pairs",
        ),
        Fact(
            "relative gap",
            relative_gap - rho * apart,
            ">= 0",
            "apart is 1 if lambda != mu and else 0; rho is a minimum over the former pairs",
        ),
        Fact("p <= p_max", pmax - mass, ">= 0", "p is the weight of the atom lambda"),
        Value("E[lambda] = kappa", E(lam), kappa, "Rayleigh quotient, by the deficit identity"),
        Value("E[p] = S", E(mass), S, "S = sum_k p_k^2"),
        Value("E[apart] = 1 - S", E(apart), 1 - S, "lambda = mu with probability sum_k p_k p_k"),
    )
    bounds = (
        Nonnegative(
            "localization",
            factor * edge * kappa**2 * deficit / (gamma**2 * w2) - (1 - pmax),
            (
                Product(
                    2,
                    (kappa / gamma,),
                    (edge_positive.name, "mean slack"),
                ),
                Product(1, (1 / gamma,), ("mean gap",)),
                Product(factors=("mean weight",)),
            ),
        ),
        ScalarIdentity("deficit of two copies", deficit, D * E(relative_gap) / 2),
        Averaged("mean relative gap", "relative gap", relative_gap - rho * apart),
        Nonnegative(
            "scale-free localization",
            factor * deficit / (rho * D) - (1 - pmax),
            (
                Product(factors=("mean relative gap",), divisors=("rho > 0",)),
                Product(factors=("mean weight",)),
            ),
        ),
    )
    return Derivation(
        "Near saturation forces near localization",
        hypotheses,
        (
            ScalarIdentity("deficit", deficit, w2 * E(deviation)),
            Nonnegative(
                "pointwise slack",
                slack,
                (
                    Product(
                        squares=((lam - kappa) / kappa,),
                        factors=(side.name,),
                        divisors=("lambda > 0", edge_positive.name),
                    ),
                ),
            ),
            Averaged("mean slack", "pointwise slack", slack),
            Nonnegative(
                "variance bound",
                deficit - w2 * E((lam - kappa) ** 2) / (edge * kappa**2),
                (Product(factors=("w2 > 0", "mean slack")),),
            ),
            ScalarIdentity("variance of two copies", E((lam - kappa) ** 2), E(gap) / 2),
            Averaged("mean gap", "gap", gap - gamma**2 * apart),
            Nonnegative(
                "variance and gap",
                E((lam - kappa) ** 2) - gamma**2 * (1 - S) / 2,
                (Product(sympy.Rational(1, 2), factors=("mean gap",)),),
            ),
            Averaged("mean weight", "p <= p_max", pmax - mass),
            *bounds,
            _two_atoms(factor),
        ),
        "1 - max_k p_k is at most 2 lambda_max kappa^2 (h - D)/(gamma^2 |w|^2), and at most "
        "2 (h - D)/(rho D). By the deficit identity the sum over i of h_i - D_i is "
        "rank W - sum_i D_i, so each h_i - D_i is at most that total.",
        (),
        Expectation((("lambda", "p"), ("mu", "q")), ("apart",)),
    )


def _two_atoms(factor: int) -> Case:
    """Return the case of two eigenvalues a, b of weight 1/2 each, where the bound is attained."""
    a, b = symbol("a"), symbol("b")
    mean, inverse = (a + b) / 2, (1 / a + 1 / b) / 2
    relative_gap, remainder = (a - b) ** 2 / (a * b), sympy.Rational(1, 2)
    return Case(
        "two atoms",
        (
            Fact("a > 0", a, "> 0", "an eigenvalue"),
            Fact("b > 0", b, "> 0", "an eigenvalue"),
            Fact("a != b", a - b, "!= 0", "the eigenvalues are distinct"),
        ),
        (
            Nonnegative(
                "a + b > 0", a + b, (Product(factors=("a > 0",)), Product(factors=("b > 0",))), True
            ),
            ScalarIdentity(
                "two equal weights attain the bound",
                factor * (inverse - 1 / mean) * mean / relative_gap,
                remainder,
            ),
        ),
    )
