"""What can be told of a text without knowing its language: whether it shows anything, and where to cut it."""

from brickline.texts.splitting import readable_parts, split_text
from brickline.texts.visible import is_blank

__all__ = ["is_blank", "readable_parts", "split_text"]
