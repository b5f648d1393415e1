"""The symbols in which boundaries are written."""

from sympy import Symbol

DENSITY = Symbol("p", positive=True)
IMPORTANCE = Symbol("I", positive=True)
PENALTY = Symbol("lambda", nonnegative=True)
