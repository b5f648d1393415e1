"""Gradient flow of W and of the Gram matrix, the motion of their spectrum, and schemes in it."""

from .algebra import AdjacencyAlgebra as AdjacencyAlgebra
from .algebra import breaking_rate as breaking_rate
from .algebra import growth_rate as growth_rate
from .algebra import reduced_flow as reduced_flow
from .integrate import Flow as Flow
from .integrate import gram_flow as gram_flow
from .integrate import weight_flow as weight_flow
from .losses import GramGradient as GramGradient
from .losses import PopulationLoss as PopulationLoss
from .rates import dimensionality_rates as dimensionality_rates
from .rates import eigenvalue_rates as eigenvalue_rates
from .rates import projector_rate as projector_rate
from .tracks import Track as Track
from .tracks import track as track

__all__ = [
    "AdjacencyAlgebra",
    "Flow",
    "GramGradient",
    "PopulationLoss",
    "Track",
    "breaking_rate",
    "dimensionality_rates",
    "eigenvalue_rates",
    "gram_flow",
    "growth_rate",
    "projector_rate",
    "reduced_flow",
    "track",
    "weight_flow",
]
