"""Articles that were each checked alone are checked together from the nodes at which they meet."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import URIRef

from kg.app.builds.stored_documents import StoredDocuments
from kg.datasets import GraphNames, Owner
from kg.errors import Location
from kg.mapping.documents.mapping_vocabulary import ContextTerm
from kg.mapping.documents.yaml_document import YamlText
from kg.mapping.triples.document_triples import DocumentParts, DocumentValue
from kg.mapping.triples.located_triples import LocatedTriple
from kg.namespaces import CQ
from kg.store import EmbeddedStore

NAMES = GraphNames("https://example.org/")
MEETING, OWN, OTHER = (URIRef(f"{NAMES.base}{path}") for path in ("meeting", "article/a/event/x", "article/b/event/y"))
ORDERED = [[(OWN, CQ.before, MEETING)], [(MEETING, CQ.before, OTHER)]]
LATER_OWN = [(OWN, CQ.after, OTHER)]
TOLD_TWICE = [[(OWN, CQ.accountOf, MEETING)], [(OWN, CQ.accountOf, OTHER)]]
Relations = list[tuple[URIRef, URIRef, URIRef]]


@pytest.mark.parametrize(
    ("articles", "shared", "is_contradiction"),
    [
        (ORDERED, [], False),
        (ORDERED, LATER_OWN, True),
        ([*ORDERED, LATER_OWN], [], True),
        ([[*ORDERED[0], *LATER_OWN], ORDERED[1]], [], True),
        (TOLD_TWICE, [], True),
        (TOLD_TWICE[:1], TOLD_TWICE[1], True),
        (TOLD_TWICE[:1], [], False),
    ],
)
def test_what_articles_say_of_one_node_is_checked_together(
    tmp_path: Path, articles: list[Relations], shared: Relations, *, is_contradiction: bool
) -> None:
    with EmbeddedStore.open(tmp_path, NAMES).write() as change:
        names = [NAMES.article(str(number)) for number in range(len(articles))]
        for name, relations in zip(names, articles, strict=True):
            change.add(name, relations, Owner.BUILD)
        change.add(NAMES.authority, shared, Owner.BUILD)
        stored = StoredDocuments(change, frozenset([*names, NAMES.authority]), frozenset(), before=False)
        parts = [parts_of(relations) for relations in articles]
        assert stored.contradict_together(parts_of(shared), parts) is is_contradiction


def test_an_article_that_refers_to_others_was_not_checked_alone(tmp_path: Path) -> None:
    """Such an article is faulty by itself, and shares no node with another."""
    twice = [(OWN, CQ.before, OTHER), (OTHER, CQ.before, OWN)]
    with EmbeddedStore.open(tmp_path, NAMES).write() as change:
        name = NAMES.article("a")
        change.add(name, twice, Owner.BUILD)
        stored = StoredDocuments(change, frozenset([name]), frozenset(), before=False)
        parts, term = parts_of(twice), ContextTerm(str(CQ.before), "@id")
        parts.values.append(DocumentValue("before", term, YamlText(Location(Path("a.yaml")), "y", 0, 1), str(OTHER)))
        assert stored.contradict_together(parts_of([]), [parts])


def parts_of(relations: Relations) -> DocumentParts:
    return DocumentParts(triples=[LocatedTriple(*triple, Location(Path("a.yaml"))) for triple in relations])
