"""Tier 0 as a service: accepts documents over HTTP, tells how far their jobs are."""

from brickline.http_api.service import SERVICE, ingestion

__all__ = ["SERVICE", "ingestion"]
