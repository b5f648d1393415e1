"""Frames with exact entries: spectra, spectral measures, capacity and tightness."""

from .algebraic import OrderedField as OrderedField
from .algebraic import RealRoot as RealRoot
from .algebraic import compare_roots as compare_roots
from .algebraic import isolate_real_roots as isolate_real_roots
from .bounds import frame_potential_bound as frame_potential_bound
from .bounds import welch_bound as welch_bound
from .capacity import Cluster as Cluster
from .capacity import DeficitIdentity as DeficitIdentity
from .frame import Frame as Frame
from .measure import Atom as Atom
from .measure import SpectralMeasure as SpectralMeasure
from .spectrum import Eigenvalue as Eigenvalue
from .spectrum import SpectralFactor as SpectralFactor
from .spectrum import Spectrum as Spectrum
from .stieltjes import StieltjesTransform as StieltjesTransform

__all__ = [
    "Atom",
    "Cluster",
    "DeficitIdentity",
    "Eigenvalue",
    "Frame",
    "OrderedField",
    "RealRoot",
    "SpectralFactor",
    "SpectralMeasure",
    "Spectrum",
    "StieltjesTransform",
    "compare_roots",
    "frame_potential_bound",
    "isolate_real_roots",
    "welch_bound",
]
