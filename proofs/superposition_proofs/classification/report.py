"""Classification of the columns of a weight file, or of a Gram matrix in a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from superposition_numerics.matrices import FloatArray
from superposition_numerics.recognition import (
    Component,
    Recognition,
    Verdict,
    recognise,
    recognise_gram,
)
from superposition_numerics.recognition.points import EQUAL_NORMS
from superposition_numerics.weights import read_weights
from superposition_theory.geometries import cross_polytope


@dataclass(frozen=True, eq=False)
class Classification:
    """What `superposition classify` found.

    Attributes
    ----------
    source : str
        File name.
    tensor : str or None
        Name of the tensor in it.
    layout : str
    gram : bool
        Whether the file holds a Gram matrix.
    vectors : ndarray, shape (d, n)
        Columns with the inner products that were classified.
    recognition : Recognition

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.recognition import recognise
    >>> from superposition_proofs.classification import Classification
    >>> W = np.array([[1.0, -1.0]])
    >>> found = Classification("w.npy", None, "features-in-columns", False, W, recognise(W))
    >>> found.to_dict()["summary"]
    'digon'
    """

    source: str
    tensor: str | None
    layout: str
    gram: bool
    vectors: FloatArray
    recognition: Recognition

    @property
    def kinds(self) -> tuple[tuple[Component, int], ...]:
        """One component of each kind, and how many resemble it, in order of first features."""
        components = self.recognition.components
        return tuple((components[group[0]], len(group)) for group in self.recognition.copies)

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the relations as JSON values."""
        return {
            **self.recognition.to_dict(),
            "schema": "superposition.classification",
            "version": 1,
            "source": self.source,
            "tensor": self.tensor,
            "layout": self.layout,
            "gram": self.gram,
            "project_version": version("spectral-superposition"),
            "summary": summary(self.recognition),
        }


def classify(
    path: str | Path,
    *,
    layout: str = "features-in-columns",
    tensor: str | None = None,
    gram: bool = False,
    tolerance: float = 0.03,
    lines: bool = False,
    seed: int = 0,
) -> Classification:
    """Read a matrix and recognise the geometry of its columns.

    Parameters
    ----------
    path : str or Path
        .npy, .npz, .safetensors or .csv.
    layout : {"features-in-columns", "features-in-rows"}
        How the file holds the features; of no effect on a Gram matrix.
    tensor : str, optional
        Which tensor, where the file holds several.
    gram : bool
        Whether the matrix is a Gram matrix.
    tolerance : float
        As in ``recognise``.
    lines : bool
        Take every vector up to its sign.
    seed : int
        Of the random weights that refine the relations.

    Returns
    -------
    Classification

    Raises
    ------
    InputError
        The file, the layout or an option is not accepted.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from superposition_proofs.classification import classify, summary
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.save(folder + "/digons.npy", np.kron(np.eye(3), [[1.0, -1.0]]))
    ...     found = classify(folder + "/digons.npy")
    >>> summary(found.recognition)
    '3 x digon (octahedron)'
    """
    weights = read_weights(path, layout=layout, tensor=tensor)
    run = recognise_gram if gram else recognise
    recognition = run(
        weights.values, tolerance=tolerance, lines=lines, epsilon=weights.epsilon, rng=seed
    )
    values = np.asarray(weights.values, dtype=np.float64)
    vectors = _vectors(values) if gram else values
    return Classification(
        weights.source, weights.tensor, weights.layout, gram, vectors, recognition
    )


def _vectors(gram: FloatArray) -> FloatArray:
    """Return vectors with a Gram matrix, up to its negative eigenvalues of rounding."""
    eigenvalues, basis = np.linalg.eigh((gram + gram.T) / 2)
    vectors: FloatArray = (basis * np.sqrt(np.maximum(eigenvalues, 0.0))).T[::-1]
    return vectors


def summary(recognition: Recognition) -> str:
    """Return the geometry of all features in a line.

    Examples
    --------
    >>> from superposition_numerics.recognition import recognise
    >>> from superposition_proofs.classification import summary
    >>> summary(recognise([[1, -1, 0, 0, 0], [0, 0, 1, 0, 0.0]]))
    'digon + dedicated + 2 zero'
    """
    components = recognition.components
    parts = list(_counted(recognition, components))
    if recognition.zero_features:
        parts.append(f"{len(recognition.zero_features)} zero")
    return " + ".join(parts)


def _counted(recognition: Recognition, components: tuple[Component, ...]) -> Iterator[str]:
    """Yield every kind of component with its number; equal digons are a cross-polytope."""
    for group in recognition.copies:
        name, count = title(components[group[0]]), len(group)
        norms = [components[position].norm for position in group]
        if count == 1:
            yield name
        elif name == "digon" and max(norms) <= (1 + EQUAL_NORMS) * min(norms):
            yield f"{count} x digon ({cross_polytope(count).name})"
        else:
            yield f"{count} x {name}"


def title(component: Component) -> str:
    """Return the name of a component, or its verdict with its size and dimension."""
    if component.verdict is Verdict.RECOGNISED and component.name is not None:
        return component.name
    return (
        f"{component.size} features in {component.dimension} dimensions ({component.verdict.value})"
    )
