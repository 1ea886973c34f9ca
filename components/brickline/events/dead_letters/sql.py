"""The subpackage's named SQL."""

from brickline.persistence import Queries

QUERIES = Queries(__package__)
