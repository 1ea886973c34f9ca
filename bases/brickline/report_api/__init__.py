"""Tier 2 as a service: keeps the read models and serves them over HTTP."""

from brickline.report_api.service import SERVICE, reporting

__all__ = ["SERVICE", "reporting"]
