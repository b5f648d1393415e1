"""What a plan says about where gradients come from."""

from __future__ import annotations

from typing import Any, Protocol

from superposition_theory import InputError

from ..instances import Problem
from .objective import Objective


class Source(Protocol):
    """A source of gradients and its settings."""

    def objective(self, problem: Problem, *, dtype: str, backend: str) -> Objective:
        """Return the loss and its gradient for all instances of a problem.

        Raises
        ------
        InputError
            The source cannot serve this problem.
        """

    def to_dict(self) -> dict[str, Any]:
        """Return the source as JSON data: its ``name`` and settings; arrays by their hash."""


def numpy_only(source: Source, backend: str) -> None:
    """Refuse another backend for a source that has no kernels.

    Raises
    ------
    InputError
        The backend is not numpy.
    """
    if backend != "numpy":
        raise InputError(
            f"backend is {backend!r}; accepted: 'numpy', all that {source.to_dict()['name']} has"
        )
