"""Training as the command does it: a plan from options, a report, its pictures and its table."""

from .learned import Learned as Learned
from .plan import training_plan as training_plan
from .report import TrainingReport as TrainingReport
from .report import train_report as train_report

__all__ = ["Learned", "TrainingReport", "train_report", "training_plan"]
