"""The brick's tables and named SQL."""

from brickline.persistence import Migrations, Queries

MIGRATIONS = Migrations(__package__)
"""The read models of documents and themes."""

QUERIES = Queries(__package__)
