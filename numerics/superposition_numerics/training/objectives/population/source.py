"""The exact population loss and its gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from superposition_theory import InputError

from ....toy_model.activity import MOST_FEATURES
from ...instances import Problem
from ..exact import ExactObjective
from .linear import LinearPopulation
from .relu import PairPopulation, ReluPopulation


@dataclass(frozen=True)
class Population:
    """The exact population loss: the mean over all inputs, without chance.

    For the model ``relu`` with at most 10 features, in closed form, and for ``linear`` of any
    size, by second moments; tied or not, with any correlation. It is computed in float64; in a
    plan of float32 parameters and gradient are rounded to that. The backend ``numba`` has kernels
    for ``relu``.

    Examples
    --------
    >>> from superposition_numerics.training import Lbfgs, Model, Plan, Population, Problem, train
    >>> plan = Plan(Problem(Model("relu", 1, 1)), Population(), Lbfgs(), steps=40)
    >>> bool(train(plan).losses[-1].item() < 1e-12)
    True
    """

    def objective(self, problem: Problem, *, dtype: str, backend: str) -> ExactObjective:  # noqa: ARG002
        """Return the exact loss and gradient.

        Raises
        ------
        InputError
            A model without an exact loss, or without kernels for the backend.
        """
        model = problem.model
        if model.kind == "linear":
            if backend != "numpy":
                raise InputError(f"backend is {backend!r} for a linear model; accepted: 'numpy'")
            return LinearPopulation.of(problem)
        if model.kind != "relu" or model.features > MOST_FEATURES:
            raise InputError(
                f"model is {model.kind!r} with {model.features} features; accepted by the exact "
                f"population loss: 'relu' with at most {MOST_FEATURES}, 'linear' with any number"
            )
        tables = problem.activity().probabilities, problem.importances
        if backend == "numba":
            from .kernels import CompiledPopulation

            return CompiledPopulation(model, *tables)
        if model.features == 2:
            return PairPopulation(model, *tables)
        return ReluPopulation(model, *tables)

    def to_dict(self) -> dict[str, Any]:
        """Return the source as JSON data."""
        return {"name": "population"}
