"""Initial parameters, by name."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from superposition_theory import InputError

from ..matrices import FloatArray
from ..toy_model.arguments import check_type
from .instances import Problem

_Deviation = Callable[[int, int, int], float]  # of n, m and the number of instances

INITIALS: dict[str, _Deviation] = {
    "xavier": lambda n, m, _: np.sqrt(2 / (n + m)),
    # torch's Xavier rule applied to one array of shape (instances, n, m): fan_in n m, fan_out
    # instances m, so that it shrinks with the number of instances
    "xavier-3d": lambda n, m, instances: np.sqrt(2 / (n * m + instances * m)),
    "unit": lambda _, m, __: np.sqrt(1 / m),
}
SHARED = ("xavier-3d",)  # those that depend on the other instances


def check_initial(name: object) -> None:
    """Refuse a name that no rule for initial parameters has.

    Raises
    ------
    InputError
        An unknown name.

    Examples
    --------
    >>> from superposition_numerics.training.initial import check_initial
    >>> check_initial("unit")
    """
    if not isinstance(name, str) or name not in INITIALS:
        raise InputError(f"initial is {name!r}; accepted: one of {', '.join(INITIALS)}")


def initial_parameters(problem: Problem, name: str = "xavier") -> FloatArray:
    """Return random weights and zero biases.

    The entries of each weight matrix are normal with mean 0 and a standard deviation of

    - ``xavier``: sqrt(2 / (n + m)), Xavier's rule for one matrix;
    - ``xavier-3d``: sqrt(2 / (n m + k m)) with k the number of instances, what
      ``torch.nn.init.xavier_normal_`` makes of one array of shape (k, n, m). An instance then
      depends on how many others there are; it is here to reproduce published runs;
    - ``unit``: sqrt(1 / m), columns of about unit norm.

    Parameters
    ----------
    problem : Problem
    name : str

    Returns
    -------
    ndarray, shape (instances, size)
        As `Model.flatten` orders them; row i depends on the seed of instance i.

    Raises
    ------
    InputError
        An unknown name.

    Examples
    --------
    >>> from superposition_numerics.training import Instance, Model, Problem, initial_parameters
    >>> problem = Problem(Model("relu", 5, 2), [Instance(seed=1), Instance(seed=1)])
    >>> first, second = initial_parameters(problem)
    >>> bool((first == second).all()), first[-5:].tolist()
    (True, [0.0, 0.0, 0.0, 0.0, 0.0])
    """
    check_type("problem", problem, Problem)
    check_initial(name)
    model = problem.model
    deviation = INITIALS[name](model.features, model.dimensions, problem.count)
    flat = np.zeros((problem.count, model.size))
    for instance, row in zip(problem.instances, flat, strict=True):
        rng = np.random.default_rng(np.random.SeedSequence(instance.seed, spawn_key=(0,)))
        for parameter, values in model.views(row).items():
            if parameter.startswith("W"):
                values[...] = deviation * rng.standard_normal(values.shape)
    return flat
