"""Tier 2: the read models, kept by events, that every question about results is answered from."""

from brickline.reporting.consumers import FailureRecorder, InsightsRecorder, ProgressRecorder
from brickline.reporting.insights import DocumentInsights, InsightsPending, read_insights
from brickline.reporting.store import MIGRATIONS
from brickline.reporting.themes import Theme, ThemeReport, read_theme_report

__all__ = [
    "MIGRATIONS",
    "DocumentInsights",
    "FailureRecorder",
    "InsightsPending",
    "InsightsRecorder",
    "ProgressRecorder",
    "Theme",
    "ThemeReport",
    "read_insights",
    "read_theme_report",
]
