"""Named SQL is read from a package's file, and a missing name is told with its file."""

import pytest

from brickline.persistence import Queries, QueryMissing


def test_a_named_statement_is_found() -> None:
    assert "pg_advisory_xact_lock($1)" in Queries("brickline.persistence")["lock"]


def test_an_unknown_name_is_refused_with_the_file_that_lacks_it() -> None:
    with pytest.raises(QueryMissing, match=r"persistence/queries\.sql has no query named 'nonsense'"):
        Queries("brickline.persistence")["nonsense"]
