"""What can answer a task: adapters that satisfy `llm_routing.Provider`, one subpackage each.

Importing this brick is cheap: an adapter imports its library on first use, or when told to `warm_up`.
"""

from brickline.llm_providers.extractive.provider import ExtractiveProvider

__all__ = ["ExtractiveProvider"]
