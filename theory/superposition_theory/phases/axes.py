r"""Features on one axis: two pairs that undercut the frozen pair and the dropped feature.

With at most one nonzero weight in each column, features on different axes do not meet: the loss is
a sum over axes, and what n features on m axes cost is decided by what k features on one axis cost.
Two features with weights 1 and -1 and no bias cost p^2/3; one with weight 1 beside a dropped one
costs v = p/3 - p^2/4. Both are beaten at every density 0 < p < 1:

- (1, -1) with biases b > 0: the slope in each bias at 0 is -p^2/3;
- (1, -e) with the biases e p/2 and (p/2)(1 - e^2 + e), each that of the mean: for small e the
  loss is v - e^2 p (1 - p)(2 - p)^3/24 to second order.
"""

from dataclasses import dataclass

from sympy import Expr, Matrix, Rational, Symbol, cancel

from superposition_theory.toy_model import Cell, loss_on_cell

from .pair import SQUARED_NORM, symmetric_pair_loss
from .symbols import DENSITY

WEIGHT = Symbol("e", positive=True)


def biased_pair_loss() -> Expr:
    """Return the loss of both outputs of the pair (1, -1) with equal biases b, 0 < b < 1.

    Returns
    -------
    Expr
        In b and p.

    Examples
    --------
    >>> from superposition_theory.phases import BIAS
    >>> from superposition_theory.phases.axes import biased_pair_loss
    >>> biased_pair_loss().subs({BIAS: 0}).factor()
    p**2/3
    """
    return cancel(2 * symmetric_pair_loss().subs(SQUARED_NORM, 1))


@dataclass(frozen=True)
class WeakPair:
    """The pair (1, -e) with the biases e p/2 and (p/2)(1 - e^2 + e).

    Parameters
    ----------
    loss : Expr
        In e and p, valid where every one of the signs is positive.
    signs : tuple of Expr
        What the cell requires to be positive: no output changes sign on an edge of the unit
        square otherwise than it does for small e.

    Examples
    --------
    >>> from superposition_theory.phases.axes import weak_pair
    >>> len(weak_pair().signs)
    6
    """

    loss: Expr
    signs: tuple[Expr, ...]


def weak_pair() -> WeakPair:
    """Return the loss of the pair (1, -e) with the biases of the mean.

    Returns
    -------
    WeakPair

    Examples
    --------
    >>> from superposition_theory.phases.axes import WEIGHT, weak_pair
    >>> weak_pair().loss.subs(WEIGHT, 0).factor()
    -p*(3*p - 4)/12
    """
    e, p = WEIGHT, DENSITY
    weights = Matrix([[1, -e]])
    gram = weights.T * weights
    biases = [e * p / 2, p * (1 - e**2 + e) / 2]
    cell = Cell.at(gram, biases, {e: Rational(1, 100), p: Rational(1, 2)})
    signs = tuple(side.gts - side.lts for side in cell.inequalities if side.free_symbols)
    return WeakPair(loss_on_cell(gram, biases, p, cell), signs)
