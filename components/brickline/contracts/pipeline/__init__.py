"""Who writes and who reads what: the pipeline as its services declare it, and what is wrong with it."""

from brickline.contracts.pipeline.parties import Deployed, Party
from brickline.contracts.pipeline.pipeline import Pipeline
from brickline.contracts.pipeline.problem import Problem, ProblemKind
from brickline.contracts.pipeline.topics import Topic

__all__ = ["Deployed", "Party", "Pipeline", "Problem", "ProblemKind", "Topic"]
