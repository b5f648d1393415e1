"""How parameters move: by steps of an optimiser, along the gradient flow, by L-BFGS."""

from __future__ import annotations

from .flow import GradientFlow as GradientFlow
from .lbfgs import Lbfgs as Lbfgs
from .method import Method as Method
from .schedules import Schedule as Schedule
from .steppers import Adam as Adam
from .steppers import AdamW as AdamW
from .steppers import Sgd as Sgd

METHODS = {"sgd": Sgd, "adam": Adam, "adamw": AdamW, "flow": GradientFlow, "lbfgs": Lbfgs}

__all__ = ["METHODS", "Adam", "AdamW", "GradientFlow", "Lbfgs", "Method", "Schedule", "Sgd"]
