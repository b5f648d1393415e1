"""Gradients from fresh samples: laws, draws, and ways through them."""

from __future__ import annotations

from .samples import Samples as Samples

__all__ = ["Samples"]
