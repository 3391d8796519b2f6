"""The first line of a query's file is its title, which pages show whole; reasons stand where they apply."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.pages.queried_data.select_queries import QUERIES_FOLDER, fill_variables


@pytest.mark.parametrize("file", sorted(QUERIES_FOLDER.glob("*.rq")), ids=lambda file: file.stem)
def test_the_title_of_a_query_is_one_line_without_an_end(file: Path) -> None:
    title, query, *_ = file.read_text("utf-8").splitlines()
    assert title.startswith("# ")
    assert not title.endswith((".", ":", ","))
    assert not query.startswith("#")


def test_a_term_that_contains_a_dollar_sign_is_not_filled() -> None:
    filled = fill_variables("$one $two $once", {"one": '"$two"', "two": "<urn:two>"})
    assert filled == '"$two" <urn:two> $once'
