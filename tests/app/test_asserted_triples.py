"""What the default graph asserts of a node and of what refers to it, without what is inferred or outside it."""

from __future__ import annotations

from pathlib import Path

from rdflib import BNode, Literal, Namespace

from kg.app.asserted_triples import AssertedTriples
from kg.datasets import GraphNames, Owner
from kg.namespaces import CQ
from kg.store import EmbeddedStore
from kg.terms import to_text

NAMES = GraphNames("https://example.org/")
DATA = Namespace("https://example.org/data/")
MINE = "https://example.org/mine"
HARBOUR, TOWN, EVENT, LATER, OTHER = (DATA[name] for name in ("harbour", "town", "event", "later", "other"))
WITHIN, NAMED, BY_BLANK = (HARBOUR, CQ.within, TOWN), (HARBOUR, CQ.name, Literal('the "old" harbour')), BNode("b")


def test_only_what_is_asserted_counts_before_and_after_a_change(tmp_path: Path) -> None:
    store, article = EmbeddedStore.open(tmp_path, NAMES), NAMES.article("a")
    with store.write() as change:
        change.add(NAMES.authority, [WITHIN], Owner.BUILD)
        change.add(article, [WITHIN, NAMED, (EVENT, CQ.place, HARBOUR)], Owner.BUILD)
        change.add(NAMES.inferred, [(HARBOUR, CQ.within, OTHER), (OTHER, CQ.place, HARBOUR)], Owner.SYSTEM)
        change.add(NAMES.provenance, [(OTHER, CQ.about, HARBOUR), (HARBOUR, CQ.about, OTHER)], Owner.SYSTEM)
        change.commit("first")
    with store.write() as change:
        change.remove(article, [WITHIN, (EVENT, CQ.place, HARBOUR)], Owner.BUILD)
        change.add(MINE, [(LATER, CQ.place, HARBOUR), (EVENT, CQ.place, BY_BLANK)])
        before, after = (AssertedTriples(change, NAMES, before=before) for before in (True, False))
        within, named = (tuple(map(to_text, triple)) for triple in (WITHIN, NAMED))
        assert before.statements(to_text(HARBOUR)) == {within: {NAMES.authority, article}, named: {article}}
        assert after.statements(to_text(HARBOUR)) == {within: {NAMES.authority}, named: {article}}
        assert (before.referrers(to_text(HARBOUR)), after.referrers(to_text(HARBOUR))) == (
            {to_text(EVENT)},
            {to_text(LATER)},
        )
        assert after.referrers(to_text(BY_BLANK)) == {to_text(EVENT)}
