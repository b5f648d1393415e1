"""Spectral measures of a float matrix: eigenspaces with error bounds, capacity, localization."""

from .analysis import analyse as analyse
from .analysis import spectral_measures as spectral_measures
from .comparison import Comparison as Comparison
from .comparison import EigenspaceShift as EigenspaceShift
from .comparison import compare as compare
from .comparison import wasserstein_distances as wasserstein_distances
from .null import NullComparison as NullComparison
from .null import gaussian_null as gaussian_null
from .pairwise import coherence as coherence
from .pairwise import gram_dimensionality as gram_dimensionality
from .pairwise import gram_matrix as gram_matrix
from .rayleigh import rayleigh_dimensionality as rayleigh_dimensionality
from .results import Eigenspace as Eigenspace
from .results import FeatureTable as FeatureTable
from .results import SpectralAnalysis as SpectralAnalysis
from .results import representable as representable
from .spectrum import frame_operator as frame_operator

__all__ = [
    "Comparison",
    "Eigenspace",
    "EigenspaceShift",
    "FeatureTable",
    "NullComparison",
    "SpectralAnalysis",
    "analyse",
    "coherence",
    "compare",
    "frame_operator",
    "gaussian_null",
    "gram_dimensionality",
    "gram_matrix",
    "rayleigh_dimensionality",
    "representable",
    "spectral_measures",
    "wasserstein_distances",
]
