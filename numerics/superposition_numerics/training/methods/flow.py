"""The gradient flow, integrated with error control."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np
from superposition_theory import InputError

from ...matrices import FloatArray
from ...toy_model.arguments import number
from ..models import Array
from ..objectives import Objective
from ..objectives.objective import State
from .ranges import positive
from .rows import losses_at

SOLVERS = ("DOP853", "LSODA")
_LEAST_TOLERANCE = 1e-13
_MOST_EVALUATIONS = 20_000  # of a stretch: far more than a flow needs that does not slide on a kink


@dataclass(frozen=True)
class GradientFlow:
    """The gradient flow d theta / dt = -grad L, for exact objectives.

    A step of the run is a time ``rate`` of the flow: `Sgd` of the same rate takes Euler's steps
    along it. Each instance is integrated on its own, in float64; in a plan of float32 what is
    recorded is rounded to that. The losses recorded are means over time, integrated with the flow.
    The integrator begins a new stretch at each record, and about 200 times in a run. An instance
    whose integrator fails, or takes more than 20,000 evaluations for a stretch, ends as
    ``diverged``. Under a hidden ReLU the gradient itself jumps; a flow that comes to slide along
    such a kink has no solution that an integrator could follow, and ends so.

    Attributes
    ----------
    rate : float
        Positive.
    rtol, atol : float
        Relative and absolute error allowed in a step of the integrator, at least 1e-13 and 0.
    solver : str
        ``DOP853``, explicit of order 8; or ``LSODA``, which changes to an implicit method where the
        flow is stiff, as it is on a long way into a minimum, for few parameters: it keeps a
        Jacobian of all of them.

    Raises
    ------
    InputError
        Numbers outside these ranges, another solver.

    References
    ----------
    Hairer, Norsett and Wanner 1993, "Solving Ordinary Differential Equations I", II.5; Petzold
    1983, "Automatic selection of methods for solving stiff and nonstiff systems".

    Examples
    --------
    >>> from superposition_numerics.training import GradientFlow
    >>> GradientFlow(rate=0.5).solver
    'DOP853'
    """

    needs_exact: ClassVar[bool] = True

    rate: float = 0.1
    rtol: float = 1e-9
    atol: float = 1e-12
    solver: str = "DOP853"

    def __post_init__(self) -> None:
        object.__setattr__(self, "rate", positive("rate", self.rate))
        for name, least in (("rtol", _LEAST_TOLERANCE), ("atol", 0)):
            object.__setattr__(self, name, number(name, getattr(self, name), least=least))
        solver: object = self.solver
        if not isinstance(solver, str) or solver not in SOLVERS:
            raise InputError(f"solver is {self.solver!r}; accepted: one of {', '.join(SOLVERS)}")

    def start(self, flat: Array, steps: int) -> _FlowMotion:  # noqa: ARG002
        """Begin with parameters that are moved in place."""
        return _FlowMotion(self, flat)

    def to_dict(self) -> dict[str, Any]:
        """Return the method as JSON data."""
        return {"name": "flow", **asdict(self)}


class _FlowMotion:
    def __init__(self, method: GradientFlow, flat: Array) -> None:
        self.method, self.flat = method, flat
        self.x = flat.astype(np.float64)
        self.failed = np.zeros(len(flat), dtype=bool)
        self.stride = np.full(len(flat), np.inf)  # of the integrator, to go on with

    def advance(self, objective: Objective, first: int, last: int) -> FloatArray:
        """Follow the flow; return the mean losses over time, NaN where the integrator fails."""
        losses = np.full(len(self.flat), np.nan)
        for k in np.flatnonzero(~self.failed):
            losses[k] = self._follow(objective, int(k), last - first)
        self.failed |= np.isnan(losses)
        self.flat[...] = self.x
        return losses

    def state(self) -> State:
        """Return the parameters in float64, who has failed, and how long the last steps were."""
        return {"x": self.x, "failed": self.failed, "stride": self.stride}

    def restore(self, state: State) -> None:
        """Go on from a state."""
        self.x[...], self.failed[...] = state["x"], state["failed"]
        self.stride[...] = state["stride"]

    def _follow(self, objective: Objective, k: int, steps: int) -> float:
        """Move an instance and return its mean loss."""
        from scipy.integrate import solve_ivp

        method, row = self.method, np.array([k])
        left = iter(range(_MOST_EVALUATIONS))

        def velocity(_: float, y: FloatArray) -> FloatArray:
            if next(left, None) is None:
                raise FloatingPointError("too many evaluations")
            loss, gradient = losses_at(objective, len(self.x), row, y[None, :-1])
            change = np.append(-method.rate * gradient[0], loss)
            if not np.isfinite(change).all():  # the solvers would go on for ever
                raise FloatingPointError("the loss is not finite")
            return change

        options = {"rtol": method.rtol, "atol": method.atol}
        if method.solver == "DOP853" and np.isfinite(self.stride[k]):
            options["first_step"] = min(self.stride[k], steps)
        start = np.append(self.x[k], 0.0)  # the last entry: the loss over time
        try:
            way = solve_ivp(velocity, (0, steps), start, method.solver, **options)
        except FloatingPointError:
            return float("nan")
        if not way.success:
            return float("nan")
        self.x[k] = way.y[:-1, -1]
        self.stride[k] = np.diff(way.t)[-2:].max()  # the last step may have been cut short
        return float(way.y[-1, -1] / steps)
