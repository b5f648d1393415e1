"""Which way to a sampled gradient is taken, by a rule that looks at one instance alone.

The rule is an estimate of the nanoseconds of a step. Its constants were measured in float32 on one
x86-64 core; on another machine the choice may not be the best one, the law is the same.
"""

from __future__ import annotations

from ..models import Model
from .law import Law

_FLOP = 0.011  # an operation of a dense matrix product
_AXPY = 0.09  # a multiplication and an addition of a sparse one


def cheapest(costs: dict[str, float]) -> str:
    """Return the name of the least cost."""
    return min(costs, key=lambda name: costs[name])


def numpy_costs(model: Model, law: Law, batch: int) -> dict[str, float]:
    """Return the estimated time of a step for each way with numpy.

    Parameters
    ----------
    model : Model
    law : Law
    batch : int

    Returns
    -------
    dict
        ``dense``, ``rows`` and ``sparse``, in nanoseconds.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.training import Model
    >>> from superposition_numerics.training.sampling.choice import cheapest, numpy_costs
    >>> from superposition_numerics.training.sampling.law import Law
    >>> def way(n, m, density, batch):
    ...     law = Law("independent", n, np.full(n, density), signed=False)
    ...     return cheapest(numpy_costs(Model("relu", n, m), law, batch))
    >>> way(5, 2, 0.05, 1024), way(20, 5, 0.01, 4096), way(400, 30, 0.01, 4096)
    ('dense', 'rows', 'sparse')
    """
    n, m = model.features, model.dimensions
    rows = batch * law.waking
    entries = batch * law.active
    drawn = 60e3 + 20 * batch * law.gates * float(law.densities.max()) + 20 * entries
    dense_flops = 4 * n * n if prefers_gram(model, batch) else 10 * n * m
    width, sparse_flops = (m, 6 * n * m * rows) if model.hidden_relu else (n, 6 * n * n * m)
    return {
        "dense": batch * (3.2 * n + dense_flops * _FLOP),
        "rows": drawn + 40e3 + rows * (1.8 * n + dense_flops * _FLOP),
        "sparse": drawn
        + 60e3
        + rows * 1.2 * n
        + 2 * width * entries * _AXPY
        + sparse_flops * _FLOP,
    }


def prefers_gram(model: Model, batch: int) -> bool:
    """Return whether the map W_2 W_1 is better formed than applied in two steps.

    A sample costs 4 n^2 operations with it and 10 n m without; in addition it costs 6 n^2 m once
    and saves some passes over the hidden units, here taken for 100 operations a sample.
    """
    n, m = model.features, model.dimensions
    return not model.hidden_relu and 4 * n * n + 6 * n * n * m / batch <= 10 * n * m + 100


def numba_costs(model: Model, law: Law, batch: int) -> dict[str, float]:
    """Return the estimated time of a step for each way with numba.

    Parameters
    ----------
    model : Model
    law : Law
    batch : int

    Returns
    -------
    dict
        ``fused``, and ``sparse`` for a model without a hidden ReLU, in nanoseconds.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.training import Model
    >>> from superposition_numerics.training.sampling.choice import cheapest, numba_costs
    >>> from superposition_numerics.training.sampling.law import Law
    >>> def way(n, m, density, batch):
    ...     law = Law("independent", n, np.full(n, density), signed=False)
    ...     return cheapest(numba_costs(Model("relu", n, m), law, batch))
    >>> way(5, 2, 0.05, 1024), way(80, 20, 0.5, 1024), way(400, 30, 0.01, 4096)
    ('fused', 'fused', 'sparse')
    """
    n, m = model.features, model.dimensions
    rows = batch * law.waking
    entries = batch * law.active
    drawn = 10e3 + 10 * batch * law.gates * float(law.densities.max()) + 2 * entries
    fused_flops = 4 * n * n if prefers_gram(model, batch) else 10 * n * m
    costs = {"fused": 500 + rows * (0.5 * n + fused_flops * 0.007)}
    if not model.hidden_relu:
        costs["sparse"] = drawn + rows * 0.3 * n + 2 * n * entries * 0.04 + 6 * n * n * m * _FLOP
    return costs
