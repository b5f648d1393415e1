"""The toy model of superposition: its population loss as an exact object."""

from .cells import Cell as Cell
from .cells import loss_on_cell as loss_on_cell
from .cells import output_loss_on_cell as output_loss_on_cell
from .kernel import TruncatedPower as TruncatedPower
from .kernel import integration_step as integration_step
from .linear import LinearModel as LinearModel
from .parameters import Gradient as Gradient
from .relu import ReluModel as ReluModel

__all__ = [
    "Cell",
    "Gradient",
    "LinearModel",
    "ReluModel",
    "TruncatedPower",
    "integration_step",
    "loss_on_cell",
    "output_loss_on_cell",
]
