"""Which features are active together: a probability for every support."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from superposition_numerics.matrices import FloatArray

from .arguments import integer, numbers

MOST_FEATURES = 10


@dataclass(frozen=True)
class Activity:
    """The law of the set of active features.

    Attributes
    ----------
    probabilities : ndarray, shape (..., 2^n)
        Entry k is the probability that exactly the features in the bits of k are active (feature i
        has the value 2^i). Leading axes are instances.

    Examples
    --------
    >>> from superposition_numerics.toy_model import Activity
    >>> Activity.independent(0.5, features=2).probabilities.tolist()
    [0.25, 0.25, 0.25, 0.25]
    """

    probabilities: FloatArray

    def __post_init__(self) -> None:
        table = numbers("probabilities", self.probabilities)
        supports = table.shape[-1] if table.ndim else 0
        if supports not in [1 << n for n in range(1, MOST_FEATURES + 1)]:
            raise InputError(
                f"probabilities has shape {table.shape}; accepted: a last axis of length 2^n with "
                f"n from 1 to {MOST_FEATURES} (the supports)"
            )
        if not (np.all(table >= 0) and np.all(abs(table.sum(axis=-1) - 1) <= 1e-12)):
            raise InputError(
                "probabilities is not a law; accepted: non-negative numbers with sum 1"
            )
        object.__setattr__(self, "probabilities", table)

    @property
    def features(self) -> int:
        """The number n of features."""
        return int(self.probabilities.shape[-1]).bit_length() - 1

    @classmethod
    def independent(cls, density: npt.ArrayLike, *, features: int) -> Activity:
        """Return independent features.

        Parameters
        ----------
        density : array_like, broadcastable to (..., n)
            The probability that a feature is active; the last axis is over features.
        features : int
            n.

        Returns
        -------
        Activity

        Raises
        ------
        InputError
            A density outside [0, 1], or of a shape that does not fit; features that are not an
            integer from 1 to 10.

        Examples
        --------
        >>> from superposition_numerics.toy_model import Activity
        >>> Activity.independent([0.5, 0.25], features=2).probabilities.tolist()
        [0.375, 0.375, 0.125, 0.125]
        """
        features = integer("features", features, least=1, most=MOST_FEATURES)
        p = numbers("density", density)
        if not np.all((p >= 0) & (p <= 1)):
            raise InputError(f"density is {density!r}; accepted: numbers in [0, 1]")
        if p.ndim and p.shape[-1] not in (1, features):
            raise InputError(
                f"density has shape {p.shape}; accepted: a number, or a last axis of length 1 or "
                f"{features} (the features)"
            )
        p = np.broadcast_to(p, (*p.shape[:-1], features))
        probabilities = np.ones((*p.shape[:-1], 1))
        for i in range(features):
            active = probabilities * p[..., i, None]
            probabilities = np.concatenate((probabilities - active, active), axis=-1)
        return cls(probabilities)

    @classmethod
    def from_patterns(cls, patterns: npt.ArrayLike, probabilities: npt.ArrayLike) -> Activity:
        """Return the law given by a table of patterns: correlated or anticorrelated features.

        Parameters
        ----------
        patterns : array_like of 0 and 1, shape (rows, n)
            Which features are active; a pattern may be listed more than once.
        probabilities : array_like, shape (rows,)
            Non-negative, with sum 1 to within 1e-12.

        Returns
        -------
        Activity

        Raises
        ------
        InputError
            Entries that are not 0 or 1, or probabilities that are not a law.

        Examples
        --------
        >>> from superposition_numerics.toy_model import Activity
        >>> Activity.from_patterns([[0, 0], [1, 1]], [0.75, 0.25]).probabilities.tolist()
        [0.75, 0.0, 0.0, 0.25]
        """
        table = numbers("patterns", patterns)
        weights = numbers("probabilities", probabilities)
        if table.ndim != 2 or not np.isin(table, (0, 1)).all():
            raise InputError(
                f"patterns has shape {table.shape}; accepted: rows of 0 and 1, shape (rows, n)"
            )
        features = integer("features", table.shape[1], least=1, most=MOST_FEATURES)
        if weights.shape != table.shape[:1]:
            raise InputError(
                f"probabilities has shape {weights.shape}; accepted: one for each of the "
                f"{table.shape[0]} patterns"
            )
        if not np.all(weights >= 0):
            raise InputError(f"probabilities has the entry {weights.min()}; accepted: at least 0")
        masks = table.astype(np.intp) @ (1 << np.arange(features))
        law = np.zeros(1 << features)
        np.add.at(law, masks, weights)
        return cls(law)
