"""The geometries of a weight file: their names, pictures and a table."""

from .report import Classification as Classification
from .report import classify as classify
from .report import summary as summary

__all__ = ["Classification", "classify", "summary"]
