"""The toy models: what they compute and how their parameters lie in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from ..toy_model.arguments import check_type, integer

Array = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class _Kind:
    """What distinguishes a kind of model."""

    hidden_relu: bool
    output_relu: bool
    absolute: bool  # x in [-1, 1] where active, target |x|; else x in [0, 1], target x


KINDS = {
    "linear": _Kind(hidden_relu=False, output_relu=False, absolute=False),
    "relu": _Kind(hidden_relu=False, output_relu=True, absolute=False),
    "relu-hidden": _Kind(hidden_relu=True, output_relu=True, absolute=False),
    "absolute": _Kind(hidden_relu=True, output_relu=True, absolute=True),
}


@dataclass(frozen=True)
class Model:
    r"""A toy model y = phi(W_2 psi(W_1 x + c) + b).

    ======================== ======== ======== ========
    kind                     psi      phi      target
    ======================== ======== ======== ========
    ``linear``               identity identity x
    ``relu``                 identity ReLU     x
    ``relu-hidden``          ReLU     ReLU     x
    ``absolute``             ReLU     ReLU     \|x\|
    ======================== ======== ======== ========

    An active feature is uniform on [0, 1], for ``absolute`` on [-1, 1].

    Attributes
    ----------
    kind : str
        One of the four.
    features, dimensions : int
        n and m, at least 1.
    tied : bool
        W_2 = W_1^T: the parameters are then ``W`` of shape (m, n), columns are features, and ``b``.
        Otherwise they are ``W1`` (m, n), ``W2`` (n, m) and ``b``.
    hidden_bias : bool
        Whether there is a bias ``c`` of shape (m,) under a hidden ReLU.

    Raises
    ------
    InputError
        Another kind, numbers below 1, a hidden bias without a hidden ReLU.

    References
    ----------
    Elhage et al. 2022, "Toy Models of Superposition": linear and ReLU output models, the models
    with a privileged basis and of computation in superposition.

    Examples
    --------
    >>> from superposition_numerics.training import Model
    >>> Model("relu", 5, 2).shapes
    {'W': (2, 5), 'b': (5,)}
    >>> Model("absolute", 3, 6, tied=False).size
    39
    """

    kind: str
    features: int
    dimensions: int
    tied: bool = True
    hidden_bias: bool = False

    def __post_init__(self) -> None:
        if self.kind not in tuple(KINDS):  # a tuple also takes what has no hash
            raise InputError(f"kind is {self.kind!r}; accepted: one of {', '.join(KINDS)}")
        object.__setattr__(self, "features", integer("features", self.features, least=1))
        object.__setattr__(self, "dimensions", integer("dimensions", self.dimensions, least=1))
        for name in ("tied", "hidden_bias"):
            check_type(name, getattr(self, name), bool)
        if self.hidden_bias and not self.hidden_relu:
            raise InputError(
                f"hidden_bias is True for the model {self.kind!r}; accepted: only with a hidden "
                "ReLU (relu-hidden, absolute), without one it adds nothing to b"
            )

    @property
    def hidden_relu(self) -> bool:
        """Whether the hidden layer is rectified."""
        return KINDS[self.kind].hidden_relu

    @property
    def output_relu(self) -> bool:
        """Whether the output is rectified."""
        return KINDS[self.kind].output_relu

    @property
    def absolute(self) -> bool:
        """Whether features have both signs and the target is their absolute value."""
        return KINDS[self.kind].absolute

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the parameters of one instance, in their order in memory."""
        n, m = self.features, self.dimensions
        shapes: dict[str, tuple[int, ...]] = (
            {"W": (m, n)} if self.tied else {"W1": (m, n), "W2": (n, m)}
        )
        shapes["b"] = (n,)
        if self.hidden_bias:
            shapes["c"] = (m,)
        return shapes

    @property
    def size(self) -> int:
        """How many numbers an instance has."""
        return sum(map(prod, self.shapes.values()))

    def views(self, flat: Array) -> dict[str, Array]:
        """Return the parameters as views of their memory.

        Parameters
        ----------
        flat : ndarray, shape (..., size)

        Returns
        -------
        dict
            Arrays of shape (..., *shape) that share the memory of ``flat`` where each instance is
            contiguous.

        Examples
        --------
        >>> import numpy as np
        >>> from superposition_numerics.training import Model
        >>> Model("relu", 3, 1).views(np.arange(6.0))["b"].tolist()
        [3.0, 4.0, 5.0]
        """
        parameters, at = {}, 0
        for name, shape in self.shapes.items():
            end = at + prod(shape)
            parameters[name] = flat[..., at:end].reshape(*flat.shape[:-1], *shape)
            at = end
        return parameters

    def flatten(self, parameters: Mapping[str, npt.ArrayLike]) -> Array:
        """Return parameters in one array.

        Parameters
        ----------
        parameters : mapping from name to array_like, shape (..., *shape)
            All parameters of the model, with the same leading axes.

        Returns
        -------
        ndarray, shape (..., size)

        Raises
        ------
        InputError
            A name that is missing or too many, a shape that does not fit, entries that are not
            finite.

        Examples
        --------
        >>> from superposition_numerics.training import Model
        >>> Model("relu", 2, 1).flatten({"W": [[1.0, -1.0]], "b": [0.0, 0.5]}).tolist()
        [1.0, -1.0, 0.0, 0.5]
        """
        check_type("parameters", parameters, Mapping)
        if set(parameters) != set(self.shapes):
            raise InputError(
                f"parameters has the names {sorted(parameters)}; accepted: {sorted(self.shapes)}"
            )
        parts: list[Array] = []
        for name, shape in self.shapes.items():
            values = np.asarray(parameters[name])
            if values.dtype.kind not in "iuf" or not np.isfinite(values).all():
                raise InputError(f"{name} holds entries that are not finite real numbers")
            before = values.shape[: values.ndim - len(shape)]
            if values.shape != (*before, *shape) or (parts and before != parts[0].shape[:-1]):
                raise InputError(
                    f"{name} has shape {values.shape}; accepted: (..., "
                    f"{', '.join(map(str, shape))}) with the same leading axes for all parameters"
                )
            parts.append(values.reshape(*before, prod(shape)))
        return np.concatenate(parts, axis=-1)

    def to_dict(self) -> dict[str, Any]:
        """Return the model as JSON data."""
        return {
            "kind": self.kind,
            "features": self.features,
            "dimensions": self.dimensions,
            "tied": self.tied,
            "hidden_bias": self.hidden_bias,
        }
