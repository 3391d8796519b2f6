"""How far constraints' queries look: what is shipped is what parsing them gives, and any other query is parsed."""

from __future__ import annotations

import pytest
from rdflib import SH, Graph, Literal

from kg.namespaces import CQ
from kg.terms import to_text
from kg.validation import query_reach
from kg.validation.query_reach import SHIPPED
from kg.validation.shape_reach import shape_reach_of
from tests.validation.write_query_reaches import written

QUERY = "SELECT $this WHERE { ?link cq:about $this . ?link cq:within+ ?place . $this cq:side ?link }"


def test_what_is_shipped_is_what_the_shipped_queries_are_parsed_to() -> None:
    assert SHIPPED.read_text("utf-8") == written(), "run python -m tests.validation.write_query_reaches"


def test_no_shipped_query_is_parsed(shapes: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_reach, "parsed_reach", None)
    assert to_text(CQ.about) in shape_reach_of(shapes).inbound


def test_a_query_that_is_not_shipped_is_parsed(shapes: Graph) -> None:
    own = Graph()
    own += (triple for triple in shapes if triple[1] != SH.select)
    shape = next(own.subjects(SH.declare))
    own.add((shape, SH.select, Literal(QUERY)))
    reach = shape_reach_of(own)
    assert to_text(CQ.about) in reach.followed
    assert reach.repeated == {to_text(CQ.within)}
    assert reach.to_repeated == {to_text(CQ.side)}
