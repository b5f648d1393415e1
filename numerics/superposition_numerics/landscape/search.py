"""All local minima of one setting that many starts find, and the lowest of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from ..matrices import FloatArray
from ..toy_model.arguments import check_type, generator, integer
from .descent import TOLERANCE, minimise
from .naming import Phase, phase_of
from .newton import lowest_curvature, polish
from .setting import Setting
from .starts import random_starts, structured_starts

MOST_FEATURES = 6
SAME_LOSS = 1e-9  # over the silent loss
SAME_POINT = 1e-4  # largest difference of entries of the Gram matrix and of biases
_FALLS = 1e-11  # over the silent loss: a perturbation that ends lower by this shows a saddle
_PERTURBATION = 1e-3


@dataclass(frozen=True)
class Minimum:
    """A local minimum of the loss.

    Attributes
    ----------
    loss : float
    W : ndarray, shape (m, n)
        Up to a rotation or reflection of the m dimensions, and up to exchanges of features of
        equal importance and density: the lowest that was found.
    biases : ndarray, shape (n,)
        The bias of a feature that is never on, or of no importance, is as it was found.
    phase : Phase
    hits : int
        Starts that ended here.
    gradient_norm : float
        Largest entry of the gradient over the silent loss.

    Examples
    --------
    >>> from superposition_numerics.landscape import Setting, global_minimum
    >>> pentagon = global_minimum(Setting(5, 2, 0.1), starts=4, most_structured=8)
    >>> pentagon.name
    'features 1, 2, 3, 4, 5 pentagon'
    """

    loss: float
    W: FloatArray
    biases: FloatArray
    phase: Phase
    hits: int
    gradient_norm: float

    @property
    def name(self) -> str:
        """The name of the phase."""
        return self.phase.name


def local_minima(
    setting: Setting,
    *,
    starts: int = 32,
    most_structured: int = 64,
    rng: np.random.Generator | int = 0,
) -> tuple[Minimum, ...]:
    """Return the local minima that descents from random and structured starts find, lowest first.

    Ends with a gradient above 1e-11 of the silent loss are left out, and so are saddles and
    plateaus: those from which a small perturbation, or a feature that is never on put to w = 0 and
    b = p / 2, descends lower. Minima that differ by O(m), by exchanges of features of equal
    importance and density, or by biases without effect are one.

    Parameters
    ----------
    setting : Setting
        At most 6 features.
    starts : int
        Random starts.
    most_structured : int
        Largest number of structured starts.
    rng : Generator or int
        The source of randomness, an int of at least 0; the result depends on nothing else.

    Returns
    -------
    tuple of Minimum

    Raises
    ------
    InputError
        More than 6 features, negative numbers of starts, or none at all, or another `rng`.

    Examples
    --------
    >>> from superposition_numerics.landscape import Setting, local_minima
    >>> [(m.phase.kind, round(m.loss, 8)) for m in local_minima(Setting(3, 2, 0.6), starts=8)]
    [('triangle', 0.09397931), ('3 features in 2 dimensions', 0.09790711)]
    """
    return tuple(_minima(setting, starts, most_structured, rng))


def global_minimum(
    setting: Setting,
    *,
    starts: int = 32,
    most_structured: int = 64,
    rng: np.random.Generator | int = 0,
) -> Minimum:
    """Return the lowest of `local_minima`; parameters as there.

    Raises
    ------
    InputError
        As `local_minima`, and if no start ended in a minimum: with more starts one will.

    Examples
    --------
    >>> from superposition_numerics.landscape import Setting, global_minimum
    >>> best = global_minimum(Setting(3, 2, 0.6), starts=8)
    >>> best.name, round(best.loss, 8)
    ('features 1, 2, 3 triangle', 0.09397931)
    """
    for minimum in _minima(setting, starts, most_structured, rng):
        return minimum
    raise InputError(f"starts is {starts}: none ended in a minimum of {setting}; accepted: more")


def _minima(
    setting: Setting, starts: int, most_structured: int, rng: np.random.Generator | int
) -> Iterator[Minimum]:
    """Check the arguments, and yield the minima from the lowest on."""
    check_type("setting", setting, Setting)
    if setting.features > MOST_FEATURES:
        raise InputError(f"features is {setting.features}; accepted: at most {MOST_FEATURES}")
    starts = integer("starts", starts, least=0)
    most_structured = integer("most_structured", most_structured, least=0)
    if starts + most_structured == 0:
        raise InputError(
            f"starts is {starts} and most_structured is {most_structured}; accepted: numbers of at "
            "least 0 that are not both 0"
        )
    rng = generator(rng)
    parts = (structured_starts(setting, most_structured, rng), random_starts(setting, starts, rng))
    W, biases = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    ends = _descend(setting, W, biases)
    for minimum in _distinct(setting, ends):
        if not _falls_lower(setting, minimum, rng):
            yield minimum


@dataclass(frozen=True)
class _Ends:
    """Ends of descents that are stationary, lowest first."""

    W: FloatArray
    biases: FloatArray
    loss: FloatArray


def _descend(setting: Setting, W: FloatArray, biases: FloatArray) -> _Ends:
    """Descend, and keep what is stationary."""
    end = minimise(W, biases, setting.densities, **setting.options)
    order = np.argsort(end.loss, kind="stable")
    order = order[end.converged[order]]
    return _Ends(end.W[order], end.biases[order], end.loss[order])


def _distinct(setting: Setting, ends: _Ends) -> list[Minimum]:
    """Merge equal ends, and polish one of each."""
    scale = setting.silent_loss or 1.0
    symmetries = _symmetries(setting)
    heads: list[int] = []
    hits: list[int] = []
    for i in range(len(ends.loss)):
        for k in reversed(range(len(heads))):
            if ends.loss[i] - ends.loss[heads[k]] > SAME_LOSS * scale:
                continue
            if _distance(ends, heads[k], i, setting, symmetries) <= SAME_POINT:
                hits[k] += 1
                break
        else:
            heads.append(i)
            hits.append(1)
    if not heads:
        return []
    fine = polish(ends.W[heads], ends.biases[heads], setting.densities, **setting.options)
    minima = [
        Minimum(
            float(fine.loss[k]),
            fine.W[k],
            fine.biases[k],
            phase_of(fine.W[k]),
            hits[k],
            float(fine.gradient_norm[k]),
        )
        for k in range(len(heads))
        if fine.gradient_norm[k] <= TOLERANCE
    ]
    return sorted(minima, key=lambda minimum: minimum.loss)


def _distance(
    ends: _Ends, first: int, second: int, setting: Setting, symmetries: npt.NDArray[np.intp]
) -> float:
    """Return the largest difference of Gram matrices and biases, over the best exchange."""
    gram_1, biases_1 = _shape_of(ends.W[first], ends.biases[first], setting)
    gram_2, biases_2 = _shape_of(ends.W[second], ends.biases[second], setting)
    exchanged = gram_2[symmetries[:, :, None], symmetries[:, None, :]]
    apart = np.abs(exchanged - gram_1).max(axis=(1, 2))
    return float(np.maximum(apart, np.abs(biases_2[symmetries] - biases_1).max(axis=1)).min())


def _shape_of(W: FloatArray, biases: FloatArray, setting: Setting) -> tuple[FloatArray, FloatArray]:
    """Return the Gram matrix, and the biases with 0 for those without effect."""
    gram = W.T @ W
    idle = never_on(gram, biases) | (np.array(setting.importances) == 0)
    return gram, np.where(idle, 0.0, biases)


def never_on(gram: FloatArray, biases: FloatArray) -> npt.NDArray[np.bool_]:
    """Whether a unit is 0 for all inputs, shape (n,)."""
    return np.asarray(biases + np.maximum(gram, 0.0).sum(axis=1) <= 0)


def _symmetries(setting: Setting) -> npt.NDArray[np.intp]:
    """Return the exchanges of features that leave the setting as it is, shape (k, n)."""
    kinds = np.array(setting.kinds).T
    orders = np.array(list(itertools.permutations(range(setting.features))))
    return orders[np.all(kinds[:, orders] == kinds[:, None, :], axis=(0, 2))]


def _falls_lower(setting: Setting, minimum: Minimum, rng: np.random.Generator) -> bool:
    """Whether a small perturbation, or waking a unit that is never on, descends lower."""
    W, biases = minimum.W, minimum.biases
    lowest = lowest_curvature(W, biases, setting.densities, **setting.options)[1]
    directions = np.stack((lowest, *rng.standard_normal((4, len(lowest)))))
    directions *= _PERTURBATION / np.sqrt((directions**2).sum(axis=1, keepdims=True))
    moved_W = W + directions[:, : W.size].reshape(-1, *W.shape)
    moved_b = biases + directions[:, W.size :]
    idle = never_on(W.T @ W, biases)
    if idle.any():
        awake = np.where(idle, setting.densities / 2, biases)
        moved_W = np.concatenate((moved_W, np.where(idle, 0.0, W)[None]))
        moved_b = np.concatenate((moved_b, awake[None]))
    ends = minimise(moved_W, moved_b, setting.densities, **setting.options)
    return bool(ends.loss.min() < minimum.loss - _FALLS * (setting.silent_loss or 1.0))
