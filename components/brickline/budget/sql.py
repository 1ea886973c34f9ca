"""The brick's tables and named SQL."""

from brickline.persistence import Migrations, Queries

MIGRATIONS = Migrations(__package__)
"""The ledger, limits and their windows, and the functions in which money moves."""

QUERIES = Queries(__package__)
