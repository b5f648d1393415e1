"""Gradient flow of a loss that depends on W through the Gram matrix M = W* W alone."""

from .derivation import Derivation
from .matrix_steps import Equality, Square, TraceEquality
from .polynomials import matrix, zero
from .scalars import ScalarLike, symbol
from .traces import trace

t = symbol("t")


def gradient_by_gram(*, factor: ScalarLike = 2, symmetric: bool = True) -> Derivation:
    """Derive that the gradient in W is 2 W G, G the symmetric gradient in M = W* W.

    Parameters
    ----------
    factor : int, Fraction or sympy expression
        Claims factor * W G; any other value than 2 is a near miss that is not decided.
    symmetric : bool
        False does not take G to be symmetric, a near miss.

    Returns
    -------
    Derivation
        Decided for the default values.

    References
    ----------
    Ivanov et al. 2026, gradient flow.

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> check(gradient_by_gram()).decided, check(gradient_by_gram(factor=1)).failed
    (True, ('chain rule',))
    """
    W, H = matrix("W", "m", "n"), matrix("H", "m", "n")
    G = matrix("G", "n", "n", self_adjoint=symmetric)
    first_order = H.star * W + W.star * H
    return Derivation(
        "The gradient of a loss of the Gram matrix",
        (),
        (
            Equality(
                "M along W + t H",
                (W + t * H).star * (W + t * H),
                W.star * W + t * first_order + t**2 * H.star * H,
            ),
            TraceEquality("chain rule", trace(G * first_order), factor * trace((W * G).star * H)),
        ),
        "L(W) = f(W* W) changes along H at the rate <G, H* W + W* H> = <2 W G, H> for every H, so "
        "that dL/dW = 2 W G.",
        (),
    )


def gram_and_frame_flow(*, gram: ScalarLike = 2, frame: ScalarLike = 4) -> Derivation:
    """Derive the flows of M = W* W and F = W W* under W_dot = -2 W G.

    Parameters
    ----------
    gram, frame : int, Fraction or sympy expression
        Claims M_dot = -gram (G M + M G) and F_dot = -frame W G W*; any other values than 2 and 4
        are near misses that are not decided.

    Returns
    -------
    Derivation
        Decided for the default values.

    References
    ----------
    Ivanov et al. 2026, gradient flow.

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> check(gram_and_frame_flow()).decided, check(gram_and_frame_flow(frame=2)).failed
    (True, ('frame flow',))
    """
    W, G = matrix("W", "m", "n"), matrix("G", "n", "n", self_adjoint=True)
    M, velocity = W.star * W, -2 * W * G
    gram_rate = velocity.star * W + W.star * velocity
    return Derivation(
        "Gram flow and frame flow",
        (),
        (
            Equality("Gram flow", gram_rate, -gram * (G * M + M * G)),
            Equality(
                "frame flow",
                velocity * W.star + W * velocity.star,
                -frame * W * G * W.star,
            ),
            Equality("no rotation", velocity * W.star, W * velocity.star),
            Square("the loss falls", -1 * trace(G * gram_rate), 2 * W * G),
        ),
        "Under W_dot = -dL/dW = -2 W G: M_dot = W_dot* W + W* W_dot = -2 (G M + M G), "
        "F_dot = W_dot W* + W W_dot* = -4 W G W*, and L falls at the rate |dL/dW|^2 (apart from "
        "what a trained bias adds).",
        (("V", velocity),),
    )


def range_conserved(*, sign: int = 1) -> Derivation:
    """Derive that W(t) = W(0) S(t) with S invertible: the span of the features never changes.

    S and T are solutions of S_dot = -2 S G and T_dot = 2 G T with S = T = I at time 0.

    Parameters
    ----------
    sign : int
        Takes T_dot = 2 sign G T; -1 is a near miss that is not decided.

    Returns
    -------
    Derivation
        Decided for sign 1.

    References
    ----------
    Ivanov et al. 2026 for the flow; the conservation of the range is ours.

    Examples
    --------
    >>> from superposition_theory.derivations.derivation import check
    >>> check(range_conserved()).decided, check(range_conserved(sign=-1)).failed
    (True, ('S T is constant', 'W T is constant'))
    """
    W, G = matrix("W", "m", "n"), matrix("G", "n", "n", self_adjoint=True)
    S, T = matrix("S", "n", "n"), matrix("T", "n", "n")
    W_rate, S_rate, T_rate = -2 * W * G, -2 * S * G, 2 * sign * G * T
    return Derivation(
        "The range of W is conserved",
        (),
        (
            Equality("S T is constant", S_rate * T + S * T_rate, zero("n", "n")),
            Equality("W T is constant", W_rate * T + W * T_rate, zero("m", "n")),
        ),
        "Let S_dot = -2 S G and T_dot = 2 G T with S = T = I at time 0, linear equations along a "
        "given G(t). Then S T = I and W T = W(0) for ever, so that T is the inverse of S and "
        "W = W(0) S. So the range of W(t), its rank and the rank of M are those at time 0.",
        (),
    )
