"""Points to descend from: at random, and built from known shapes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..matrices import FloatArray
from ..toy_model.arguments import check_type, generator, integer
from .setting import Setting

_SCALES = (0.1, 0.5, 1.0)


@dataclass(frozen=True)
class _Block:
    """A shape of some features in dimensions of their own."""

    vectors: tuple[tuple[float, ...], ...]  # one row a feature
    interchangeable: bool = True

    @property
    def dimensions(self) -> int:
        """The number of dimensions."""
        return len(self.vectors[0])

    @property
    def features(self) -> int:
        """The number of features."""
        return len(self.vectors)


_DROPPED = _Block(((),))
_DEDICATED = _Block(((1.0,),))
_PAIR = _Block(((1.0,), (-1.0,)))
_WEAK_PAIR = _Block(((0.95,), (-0.45,)), interchangeable=False)


def _polygon(corners: int) -> _Block:
    """Return the regular polygon of norm 1."""
    angles = 2 * np.pi * np.arange(corners) / corners
    points = np.stack((np.cos(angles), np.sin(angles)), axis=1)
    return _Block(tuple(map(tuple, points.tolist())), interchangeable=corners == 3)


def random_starts(
    setting: Setting, count: int, rng: np.random.Generator | int
) -> tuple[FloatArray, FloatArray]:
    """Return normal W of three scales, with biases at 0, at p_i / 2 or around 0.

    Parameters
    ----------
    setting : Setting
    count : int
    rng : Generator or int
        An int of at least 0.

    Returns
    -------
    W : ndarray, shape (count, m, n)
    biases : ndarray, shape (count, n)

    Raises
    ------
    InputError
        Something else than a setting, a number of at least 0 and a source of randomness.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.landscape import Setting
    >>> W, biases = random_starts(Setting(3, 2, 0.5), 4, np.random.default_rng(0))
    >>> W.shape, biases.shape
    ((4, 2, 3), (4, 3))
    """
    check_type("setting", setting, Setting)
    count, rng = integer("count", count, least=0), generator(rng)
    n, m = setting.features, setting.dimensions
    scale = rng.choice(_SCALES, size=(count, 1, 1))
    W = scale * rng.standard_normal((count, m, n))
    around = rng.uniform(-0.3, 0.3, (count, n))
    biases = np.stack((np.zeros((count, n)), np.tile(setting.densities / 2, (count, 1)), around))
    return W, biases[rng.integers(3, size=count), np.arange(count)]


def structured_starts(
    setting: Setting, most: int, rng: np.random.Generator | int
) -> tuple[FloatArray, FloatArray]:
    """Return models put together from dropped and single features, pairs and polygons.

    All ways to give the features to the shapes are listed, but for exchanges of features of equal
    importance and density; of more than `most` ways that many are drawn.

    Parameters
    ----------
    setting : Setting
    most : int
    rng : Generator or int
        An int of at least 0.

    Returns
    -------
    W : ndarray, shape (starts, m, n)
    biases : ndarray, shape (starts, n)
        p_i / 2 for a dropped feature, 0 for one alone, p_i / 4 for the others.

    Raises
    ------
    InputError
        Something else than a setting, a number of at least 0 and a source of randomness.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.landscape import Setting
    >>> W, biases = structured_starts(Setting(2, 1, 0.5), 9, np.random.default_rng(0))
    >>> W.round(2).tolist()
    [[[0.0, 1.0]], [[1.0, -1.0]], [[0.95, -0.45]]]
    """
    check_type("setting", setting, Setting)
    most, rng = integer("most", most, least=0), generator(rng)
    n, m = setting.features, setting.dimensions
    blocks = [_DROPPED, _DEDICATED, _PAIR, _WEAK_PAIR, *map(_polygon, range(3, n + 1))]
    labels = [setting.kinds.index(kind) for kind in setting.kinds]
    found: dict[object, tuple[list[_Block], tuple[int, ...]]] = {}
    for shape in _shapes(blocks, n, m):
        for order in itertools.permutations(range(n)):
            placed, at = [], 0
            for block in shape:
                who = tuple(labels[i] for i in order[at : at + block.features])
                placed.append((id(block), _orbit_name(who, block)))
                at += block.features
            found.setdefault(tuple(sorted(placed)), (shape, order))
    chosen = list(found.values())
    if len(chosen) > most:
        chosen = [chosen[i] for i in np.sort(rng.choice(len(chosen), most, replace=False))]
    W, biases = np.zeros((len(chosen), m, n)), np.zeros((len(chosen), n))
    for row, (shape, order) in enumerate(chosen):
        at = axis = 0
        for block in shape:
            members = list(order[at : at + block.features])
            W[row, axis : axis + block.dimensions, members] = np.array(block.vectors)
            share = {0: 0.5, 1: 0.0 if block.features == 1 else 0.25}.get(block.dimensions, 0.25)
            biases[row, members] = share * setting.densities[members]
            at, axis = at + block.features, axis + block.dimensions
    return W, biases


def _shapes(blocks: list[_Block], features: int, dimensions: int) -> Iterator[list[_Block]]:
    """List the multisets of blocks that use all features and as many dimensions as can be."""
    if features == 0:
        if dimensions == 0:
            yield []
        return
    if blocks:
        first = blocks[0]
        if first.features <= features and first.dimensions <= dimensions:
            for rest in _shapes(blocks, features - first.features, dimensions - first.dimensions):
                yield [first, *rest]
        yield from _shapes(blocks[1:], features, dimensions)


def _orbit_name(who: tuple[int, ...], block: _Block) -> tuple[int, ...]:
    """Return one name for all orders of the features that are the same block up to O(m)."""
    if block.interchangeable:
        return tuple(sorted(who))
    if block.dimensions == 1:
        return who
    turns = [who[i:] + who[:i] for i in range(len(who))]
    return min(turns + [turn[::-1] for turn in turns])
