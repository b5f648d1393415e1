"""A tight frame of equal norms without a scheme: its plateau is that of the pentagon."""

from __future__ import annotations

import numpy as np
from superposition_numerics.recognition import Verdict, recognise
from superposition_theory.frames import Frame
from superposition_theory.frames.matrices import field_of
from superposition_theory.schemes import CoherentConfiguration, coherent_closure
from sympy import Matrix, Rational, eye, sqrt

from superposition_proofs.ledger import Claim, ClaimKind, Context, Evidence, Outcome, Status

_EPSILON = float(np.finfo(np.float64).eps)
_HALF = Rational(1, 2)


def _pentagon() -> Matrix:
    """Return the regular pentagon."""
    near, far = (sqrt(5) - 1) / 4, -(sqrt(5) + 1) / 4
    high, low = sqrt(10 + 2 * sqrt(5)) / 4, sqrt(10 - 2 * sqrt(5)) / 4
    return Matrix([[1, near, far, far, near], [0, high, low, -low, -high]])


def _basis_and_triangle(stretch: int | Rational = 1) -> Matrix:
    """Return a stretched basis of the plane and a triangle, turned by the angle of (3/5, 4/5)."""
    turn = Matrix([[3, -4], [4, 3]]) / 5
    triangle = Matrix([[1, -_HALF, -_HALF], [0, sqrt(3) / 2, -sqrt(3) / 2]])
    return Matrix.hstack(stretch * eye(2), turn * triangle)


def _closure(W: Matrix) -> CoherentConfiguration:
    """Return the closure of the entries of the Gram matrix, told apart in the field of W."""
    n = W.cols
    field, entries = field_of(list(W))
    numbers: dict[str, int] = {}
    products = [
        sum((entries[i * n + x] * entries[i * n + y] for i in range(W.rows)), field.domain.zero)
        for x in range(n)
        for y in range(n)
    ]
    colours = [numbers.setdefault(str(product), len(numbers)) for product in products]
    return coherent_closure([colours[x * n : (x + 1) * n] for x in range(n)])


def is_tight_without_a_scheme(W: Matrix, context: Context) -> Outcome:
    """Decide that unit vectors are a tight frame whose Gram matrix generates several fibres.

    Examples
    --------
    >>> from superposition_proofs.claims.irregular import is_tight_without_a_scheme
    >>> from superposition_proofs.ledger import Context, Level
    >>> from sympy import eye
    >>> is_tight_without_a_scheme(eye(2), Context(Level.quick, 0)).holds
    False
    """
    frame, closure = Frame(W), _closure(W)
    tight = frame.is_tight and set(frame.norms_squared) == {1}
    reason = (
        f"{'tight' if tight else 'not tight'} with unit vectors, D = "
        f"{frame.fractional_dimensionalities[0]}; {closure.rank} relations, "
        f"{len(closure.fibres)} fibres"
    )
    return Outcome(
        tight and not closure.is_homogeneous,
        reason,
        cases=1,
        effective=1,
        witness={"W": [[str(x) for x in row] for row in W.tolist()]},
    )


def is_not_recognised_as_a_scheme(W: Matrix, context: Context) -> Outcome:
    """Decide in floats that a tight frame of equal norms is not recognised as a scheme.

    Tight up to 10 n eps, for the rounding of entries and of sums of n products.

    Examples
    --------
    >>> from superposition_proofs.claims.irregular import is_not_recognised_as_a_scheme
    >>> from superposition_proofs.ledger import Context, Level
    >>> from sympy import Matrix
    >>> is_not_recognised_as_a_scheme(Matrix([[1, -1]]), Context(Level.quick, 0)).holds
    False
    """
    values = np.array(W.evalf(20).tolist(), dtype=np.float64)
    m, n = values.shape
    excess = float(np.abs(values @ values.T - n / m * np.eye(m)).max())
    (component,) = recognise(values, rng=context.rng("closure")).components
    scheme = component.verdict in (Verdict.SCHEME, Verdict.RECOGNISED)
    margin = 1 - excess / (10 * n * _EPSILON)
    return Outcome(margin >= 0 and not scheme, component.reason, margin, 1, 1)


_CONTROLS = {
    "the pentagon, which has a scheme": _pentagon(),
    "a longer basis, which is not tight": _basis_and_triangle(Rational(11, 10)),
}

TIGHT_IS_A_SCHEME = Claim(
    "equal-norm-tight-frames-are-schemes",
    "Equal norms and tightness make the Gram matrix one of an association scheme",
    r"\|w_i\| = 1,\ W W^{\mathsf T} = \tfrac nm I \implies W^{\mathsf T} W \text{ generates a "
    r"homogeneous configuration}",
    (r"W \in \mathbf R^{m \times n}",),
    "a reading of the plateaus D = m/n as regular geometries",
    ClaimKind.folklore,
    (
        Evidence(
            "exact witness",
            Status.checked,
            is_tight_without_a_scheme,
            _basis_and_triangle(),
            _CONTROLS,
            against=True,
            description="A basis of the plane and a triangle: D = 2/5, 25 relations, 5 fibres.",
        ),
        Evidence(
            "float witness",
            Status.supported,
            is_not_recognised_as_a_scheme,
            _basis_and_triangle(),
            _CONTROLS,
            against=True,
            description="The same frame by the recognition in floats.",
        ),
    ),
)

CLAIMS = (TIGHT_IS_A_SCHEME,)
