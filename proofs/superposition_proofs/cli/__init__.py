"""The command `superposition`."""

from . import certificates, geometry, ledger, phases, sweep, training, weights
from .group import main as main

__all__ = ["certificates", "geometry", "ledger", "main", "phases", "sweep", "training", "weights"]
