"""Training of toy models, many instances side by side, with numpy."""

from .files import read_run as read_run
from .files import save_run as save_run
from .initial import initial_parameters as initial_parameters
from .instances import Instance as Instance
from .instances import Problem as Problem
from .instances import geometric as geometric
from .instances import instances_of as instances_of
from .jumps import LevelJump as LevelJump
from .jumps import level_jumps as level_jumps
from .methods import Adam as Adam
from .methods import AdamW as AdamW
from .methods import GradientFlow as GradientFlow
from .methods import Lbfgs as Lbfgs
from .methods import Schedule as Schedule
from .methods import Sgd as Sgd
from .models import Model as Model
from .objectives import DataSet as DataSet
from .objectives import OneActive as OneActive
from .objectives import Population as Population
from .objectives import Samples as Samples
from .plan import Plan as Plan
from .plan import Stopping as Stopping
from .run import Run as Run
from .traces import SpectralTrace as SpectralTrace
from .traces import spectral_trace as spectral_trace
from .trainer import train as train

__all__ = [
    "Adam",
    "AdamW",
    "DataSet",
    "GradientFlow",
    "Instance",
    "Lbfgs",
    "LevelJump",
    "Model",
    "OneActive",
    "Plan",
    "Population",
    "Problem",
    "Run",
    "Samples",
    "Schedule",
    "Sgd",
    "SpectralTrace",
    "Stopping",
    "geometric",
    "initial_parameters",
    "instances_of",
    "level_jumps",
    "read_run",
    "save_run",
    "spectral_trace",
    "train",
]
