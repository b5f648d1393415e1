"""Spectral equations of the gradient flow of a loss of the Gram matrix, exact."""

from .algebra import algebra_flow as algebra_flow
from .algebra import levels as levels
from .algebra import reduced_flow as reduced_flow
from .matrices import dimensionality_rates as dimensionality_rates
from .matrices import frame_flow as frame_flow
from .matrices import gram_flow as gram_flow
from .matrices import weight_flow as weight_flow
from .spectra import EigenvalueRate as EigenvalueRate
from .spectra import eigenvalue_rates as eigenvalue_rates
from .spectra import projector_rates as projector_rates

__all__ = [
    "EigenvalueRate",
    "algebra_flow",
    "dimensionality_rates",
    "eigenvalue_rates",
    "frame_flow",
    "gram_flow",
    "levels",
    "projector_rates",
    "reduced_flow",
    "weight_flow",
]
