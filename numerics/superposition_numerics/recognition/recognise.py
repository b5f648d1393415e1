"""Recognition: Gram matrix -> components -> levels -> coherent closure -> algebra -> verdict."""

from __future__ import annotations

import numpy as np

from ..matrices import MatrixLike
from ..toy_model.arguments import check_type, generator, number
from .cleaning import Vectors, clean_gram, clean_weights
from .components import orthogonal_components
from .points import Points
from .results import Recognition
from .search import Search


def recognise(
    W: MatrixLike,
    *,
    tolerance: float = 0.03,
    zero: float = 0.05,
    lines: bool = False,
    epsilon: float | None = None,
    rng: np.random.Generator | int = 0,
) -> Recognition:
    """Recognise the geometry of the columns of W.

    Parameters
    ----------
    W : array_like, shape (m, n)
        Columns are features, n >= 2.
    tolerance : float
        Largest root mean square of a cosine's deviation from the mean of its relation. Noise of
        1e-2 of the norm in each coordinate gives 1.4e-2: a cosine of unit vectors x, y moves by
        <x, dy> + <dx, y>, of variance 2 sigma^2.
    zero : float
        A column counts as zero up to this fraction of the largest norm.
    lines : bool
        Take every vector up to its sign, for equiangular lines and their like.
    epsilon : float, optional
        Relative uncertainty of an entry; by default the precision of the stored type.
    rng : numpy.random.Generator or int
        Source of the random weights of the closure and of the algebra.

    Returns
    -------
    Recognition

    Raises
    ------
    InputError
        W is not a finite real matrix with at least two columns, or has more than 6000 nonzero ones.

    References
    ----------
    Delsarte 1973; Bannai and Ito 1984; Weisfeiler and Leman 1968.

    Examples
    --------
    A pentagon in one plane and a single feature orthogonal to it.

    >>> import numpy as np
    >>> from superposition_numerics.recognition import recognise
    >>> angles = 2 * np.pi * np.arange(5) / 5
    >>> W = np.zeros((3, 6))
    >>> W[:2, :5] = np.cos(angles), np.sin(angles)
    >>> W[2, 5] = 0.7
    >>> pentagon, single = recognise(W).components
    >>> pentagon.features, pentagon.dimension, pentagon.algebra.valencies
    ((0, 1, 2, 3, 4), 2, (1, 2, 2))
    >>> pentagon.tight.answer, round(pentagon.fractional_dimensionality, 9), single.name
    ('yes', 0.4, 'dedicated')
    """
    vectors = clean_weights(W, zero=zero, epsilon=epsilon)
    return _recognition(vectors, tolerance, lines, rng)


def recognise_gram(
    G: MatrixLike,
    *,
    tolerance: float = 0.03,
    zero: float = 0.05,
    lines: bool = False,
    epsilon: float | None = None,
    rng: np.random.Generator | int = 0,
) -> Recognition:
    """Recognise the geometry of vectors from their Gram matrix.

    Parameters
    ----------
    G : array_like, shape (n, n)
        Symmetric and positive semidefinite, n >= 2.
    tolerance, zero, lines, epsilon, rng
        As in ``recognise``.

    Returns
    -------
    Recognition

    Raises
    ------
    InputError
        G is not a Gram matrix.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.recognition import recognise_gram
    >>> (simplex,) = recognise_gram(1.25 * np.eye(5) - 0.25).components
    >>> simplex.dimension, simplex.verdict.value, simplex.name
    (4, 'recognised', 'simplex on 5 points')
    """
    vectors = clean_gram(G, zero=zero, tolerance=tolerance, epsilon=epsilon)
    return _recognition(vectors, tolerance, lines, rng)


def _recognition(
    vectors: Vectors,
    tolerance: float,
    lines: bool,
    rng: np.random.Generator | int,
) -> Recognition:
    """Search each orthogonal component."""
    tolerance = number("tolerance", tolerance, least=0, most=1)
    check_type("lines", lines, bool)
    search = Search(vectors, tolerance, lines, generator(rng))
    if not vectors.features.size:
        return Recognition(
            len(vectors.zero), vectors.dimensions, lines, tolerance, (), vectors.zero, 1.0
        )
    parts = orthogonal_components(vectors.cosines, rounding=vectors.rounding, tolerance=tolerance)
    whole = Points(vectors.cosines, vectors.norms, tuple((k,) for k in range(len(vectors.norms))))
    found = [component for part in parts.members for component in search.run(whole.part(part))]
    return Recognition(
        features=vectors.features.size + len(vectors.zero),
        dimensions=vectors.dimensions,
        lines=lines,
        tolerance=tolerance,
        components=tuple(sorted(found, key=lambda component: component.features)),
        zero_features=vectors.zero,
        separation=parts.separation,
    )
