"""How far constraints' queries look: what is shipped is what parsing them gives, and any other query is parsed."""

from __future__ import annotations

import pytest
from rdflib import SH, Graph, Literal, URIRef

from kg.namespaces import CQ, SHAPES
from kg.terms import to_text
from kg.validation import query_reach
from kg.validation.query_reach import EVERY_RELATION, SHIPPED, parsed_reach
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


@pytest.mark.parametrize(
    ("pattern", "onward"),
    [
        ("$this cq:side ?a", []),
        ("$this cq:side ?a . ?a a cq:Person", []),
        ("?a cq:post $this ; cq:name ?b", []),
        ("$this ?relation $this", []),
        ("$this cq:side ?a . ?a cq:name ?b", [CQ.side]),
        ("$this cq:side ?a OPTIONAL { ?a cq:name ?b }", [CQ.side]),
        ("$this cq:side/cq:name ?a", [CQ.name, CQ.side]),
        ("$this cq:side ?a . ?b ^cq:name ?a", [CQ.name, CQ.side]),
        ("$this cq:side cq:x . cq:x cq:name ?b", [CQ.side]),
        ("$this ?relation ?a . ?a cq:name ?b", [EVERY_RELATION]),
        ("$this !cq:side ?a . ?a cq:name ?b", [EVERY_RELATION, CQ.side]),
        ("$this cq:side/^(!cq:name) ?a", [EVERY_RELATION, CQ.name, CQ.side]),
        ("$this cq:side ?a BIND (?a AS ?b) ?b cq:name ?c", [EVERY_RELATION]),
        ("$this cq:side ?a ; cq:name ?c BIND (?a AS ?b) ?b cq:name ?c", [EVERY_RELATION]),
        ("$this a cq:Place ; cq:side ?a . ?b a cq:Place ; cq:name ?c FILTER (?a = ?b)", [EVERY_RELATION]),
    ],
)
def test_a_relation_leads_onward_if_more_than_the_classes_of_its_values_is_read(
    pattern: str, onward: list[URIRef | str]
) -> None:
    assert [*parsed_reach(f"SELECT $this {{ {pattern} }}", {"cq": str(CQ)}).onward] == [*map(str, onward)]


@pytest.mark.parametrize(
    ("constraint", "is_onward"),
    [
        ("sh:path cq:mention ; sh:class cq:Passage ; sh:minCount 1", False),
        ("sh:path [ sh:inversePath cq:mention ] ; sh:node cqs:mentioned", False),
        ("sh:path [ sh:alternativePath ( [ sh:inversePath cq:mention ] cq:x ) ] ; sh:minCount 1", False),
        ("sh:path cq:mention ; sh:node cqs:mentioned", True),
        ("sh:path cq:mention ; sh:property [ sh:path cq:x ; sh:minCount 1 ]", True),
        ("sh:path ( cq:mention cq:x ) ; sh:minCount 1", True),
        ("sh:path ( [ sh:inversePath cq:mention ] cq:mention cq:x ) ; sh:minCount 1", True),
        ("sh:path [ sh:zeroOrMorePath cq:mention ] ; sh:class cq:Passage", True),
        ("sh:path [ sh:inversePath [ sh:inversePath cq:mention ] ] ; sh:class cq:Passage", True),
    ],
)
def test_a_property_shape_leads_onward_by_its_path_unless_it_reads_only_classes(
    shapes: Graph, constraint: str, *, is_onward: bool
) -> None:
    own = Graph()
    own += shapes
    prefixes = f"@prefix sh: <{SH}> . @prefix cq: <{CQ}> . @prefix cqs: <{SHAPES}> ."
    own.parse(data=f"{prefixes} [] a sh:PropertyShape ; {constraint} .")
    onward = shape_reach_of(own).onward
    assert onward is not None
    assert (to_text(CQ.mention) in onward) is is_onward


def test_any_relation_may_lead_onward_if_a_query_follows_any(shapes: Graph) -> None:
    own = Graph()
    own += (triple for triple in shapes if triple[1] != SH.select)
    own.add((next(own.subjects(SH.declare)), SH.select, Literal("SELECT $this { $this ?a ?b . ?b cq:name ?c }")))
    assert shape_reach_of(own).onward is None
