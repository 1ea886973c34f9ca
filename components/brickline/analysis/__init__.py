"""Tier 1: turns each processed document into insights."""

from brickline.analysis.consumer import AnalysisConsumer
from brickline.analysis.merging import merge_insights
from brickline.analysis.store import MIGRATIONS
from brickline.analysis.task import INSIGHTS, TASKS

__all__ = ["INSIGHTS", "MIGRATIONS", "TASKS", "AnalysisConsumer", "merge_insights"]
