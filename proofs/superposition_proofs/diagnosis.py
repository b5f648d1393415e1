"""Diagnosis of a weight file: its spectral analysis beside a Gaussian null."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from superposition_numerics.spectral import (
    NullComparison,
    SpectralAnalysis,
    analyse,
    gaussian_null,
)
from superposition_numerics.spectral.spectrum import Progress
from superposition_numerics.weights import read_weights
from superposition_theory import InputError


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """What `superposition diagnose` found.

    Attributes
    ----------
    source : str
        File name.
    tensor : str or None
        Name of the tensor in it.
    layout : str
    stored_dtype : str
        Of the entries in the file.
    tolerance : float
        To which eigenvalues were merged beyond their error bounds.
    analysis : SpectralAnalysis
    null : NullComparison or None
        None where it was not asked for or the rank is 0.
    """

    source: str
    tensor: str | None
    layout: str
    stored_dtype: str
    tolerance: float
    analysis: SpectralAnalysis
    null: NullComparison | None

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as JSON values."""
        return {
            **self.analysis.to_dict(),
            "schema": "superposition.diagnosis",
            "version": 1,
            "source": self.source,
            "tensor": self.tensor,
            "layout": self.layout,
            "stored_dtype": self.stored_dtype,
            "tolerance": self.tolerance,
            "project_version": version("spectral-superposition"),
            "null": None if self.null is None else self.null.to_dict(),
        }


def diagnose(
    path: str | Path,
    *,
    layout: str,
    tensor: str | None = None,
    tolerance: float = 0.0,
    epsilon: float | None = None,
    null_trials: int = 16,
    seed: int = 0,
    progress: Progress | None = None,
) -> Diagnosis:
    """Read a weight matrix, analyse it and compare its saturation with a Gaussian null.

    Parameters
    ----------
    path : str or Path
        .npy, .npz, .safetensors or .csv.
    layout : {"features-in-columns", "features-in-rows"}
        How the file holds the features; never guessed.
    tensor : str, optional
        Which tensor, where the file holds several.
    tolerance : float
        As in ``analyse``.
    epsilon : float, optional
        Relative uncertainty of an entry, where it is larger than the stored type says: 2**-23 for
        float32 weights that were stored as float64 or as text.
    null_trials : int
        Random matrices for the null; 0 leaves it out.
    seed : int
        Of the null.
    progress : callable, optional
        Called as ``progress(done, total, stage)``.

    Returns
    -------
    Diagnosis

    Raises
    ------
    InputError
        The file, the layout or an option is not accepted.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from superposition_proofs.diagnosis import diagnose
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.save(folder + "/digons.npy", np.kron(np.eye(3), [[1.0, -1.0]]))
    ...     found = diagnose(folder + "/digons.npy", layout="features-in-columns")
    >>> found.analysis.rank, round(found.analysis.saturation, 12), found.null.z > 2
    (3, 1.0, True)
    """
    if null_trials != 0 and null_trials < 2:
        raise InputError(f"null_trials is {null_trials}; accepted: 0 (no null) or at least 2")
    weights = read_weights(path, layout=layout, tensor=tensor)
    if epsilon is None:
        epsilon = weights.epsilon
    analysis = analyse(weights.values, tolerance=tolerance, epsilon=epsilon, progress=progress)
    null = None
    if null_trials and analysis.rank:
        null = gaussian_null(analysis, trials=null_trials, seed=seed, progress=progress)
    return Diagnosis(
        weights.source,
        weights.tensor,
        weights.layout,
        weights.stored_dtype,
        tolerance,
        analysis,
        null,
    )
