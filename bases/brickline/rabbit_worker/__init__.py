"""Tier 1 as a service: consumes documents and publishes their insights; its only HTTP is its health."""

from brickline.rabbit_worker.service import SERVICE, analysis

__all__ = ["SERVICE", "analysis"]
