"""A document's triples are those of its JSON-LD: written as JSON-LD by docs/mapping.md, and read by rdflib's parser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph
from rdflib.plugins.parsers.jsonld import to_rdf
from rdflib.term import Node

from kg.mapping.authoring.anchoring import PASSAGE_KEYS
from kg.mapping.corpora.corpus_reader import read_corpus
from kg.mapping.documents.mapping_vocabulary import Json, read_vocabulary
from kg.mapping.documents.yaml_document import MappingDocument, YamlList, YamlMapping, YamlNode, YamlText, load_document
from kg.mapping.triples.implied_sides import SIDES
from kg.mapping.triples.implied_triples import SPANS, STAMP_GRADES
from kg.namespaces import CQ
from kg.shipped_files import mappings_folder, ontology_folder

HERE = Path(__file__).parent
CONTEXT = read_vocabulary(ontology_folder()).context
TYPES = {
    "voices": "Voice",
    "people": "Person",
    "organizations": "Organization",
    "groups": "Group",
    "places": "Place",
    "posts": "Post",
    "topics": "skos:Concept",
    "holdings": "Holding",
    "events": "Event",
    "scenarios": "Scenario",
    "propositions": "Proposition",
    "statements": "Statement",
    "quotedRuns": "QuotedRun",
    "foretold": "ForetoldStatement",
    "links": "Link",
    "participants": "Participation",
    "envisagedParticipants": "Participation",
    **dict.fromkeys(("says", "wouldSay", "condition", "consequence", "unless", "rulesOut"), "Proposition"),
}
DERIVED = {
    "Participation": ("participation", ("attendee", "participant", "capacity")),
    "Holding": ("holding", ("incumbent", "formerHolder", "post", "rank")),
    "Link": ("link", ("linkSubject", "linkPredicate", "linkObject")),
}
CORPORA = [mappings_folder() / "corpus.yaml", HERE.parents[1] / "examples" / "harbour-talks" / "corpus.yaml"]


class Writer:
    """Writes a mapping document as JSON-LD, without the code under test."""

    def __init__(self, base: str) -> None:
        self.base = base

    def document(self, document: MappingDocument) -> Json:
        """Return a document as JSON-LD with its context."""
        slug, defaults = document.value_of("article"), document.root.nodes.get("defaults")
        self.defaults = {key: getattr(value, "value", "") for key, value in getattr(defaults, "nodes", {}).items()}
        base = f"{self.base}article/{slug}/" if slug else self.base
        context = {"@context": {**CONTEXT, "@base": base}}
        if not slug:
            return {
                **context,
                "@graph": [node for key in document.root.nodes for node in self._nodes(document.root, key)],
            }
        stamps, links = document.root.nodes.get("passages"), document.root.nodes.get("links")
        extra = [self._passage(key, stamp) for key, stamp in getattr(stamps, "nodes", {}).items()]
        extra += [self._direct_link(link) for link in getattr(links, "nodes", [])]
        return {**context, "id": "", "type": "Article", **self._keys(document.root, ""), "@included": extra}

    def _nodes(self, parent: YamlMapping, key: str, identifier: str = "") -> list[Any]:
        return [self._value(key, node, identifier) for node in items(parent.nodes[key])]

    def _keys(self, mapping: YamlMapping, identifier: str) -> Json:
        shorthand = ("id", "type", "article", "passages", "defaults")
        return {key: self._nodes(mapping, key, identifier) for key in mapping.nodes if key not in shorthand}

    def _value(self, key: str, node: YamlNode, parent: str) -> Any:  # noqa: ANN401 - JSON
        if isinstance(node, YamlMapping):
            return self._node(TYPES.get(key), node, parent)
        text = str(getattr(node, "value", ""))
        term = CONTEXT[key]
        is_reference = isinstance(term, dict) and term.get("@type") == "@id"
        return f"passage/{text}" if key in PASSAGE_KEYS else self.iri(text) if is_reference else text

    def _node(self, default: str | None, node: YamlMapping, parent: str) -> Json:
        texts = {key: value.value for key, value in node.nodes.items() if isinstance(value, YamlText)}
        identifier = texts.get("id") or self._derived(str(default), texts, parent)
        types = {"type": texts.get("type", default)} if default else {}
        left_out = self.defaults if default == "Statement" else {}
        return {"id": self.iri(identifier), **types, **left_out, **self._keys(node, identifier)}

    def _derived(self, default: str, texts: dict[str, str], parent: str) -> str:
        kind, keys = DERIVED[default]
        parts = [*([parent] if parent else []), *(texts[key] for key in keys if key in texts)]
        return f"{kind}/{'.'.join(re.split('[/:]', part)[-1] for part in parts)}"

    def _passage(self, offsets: str, stamp: YamlNode) -> Json:
        start, end = offsets.split("-")
        position = {"id": f"passage/{offsets}/position", "type": "oa:TextPositionSelector", "start": start, "end": end}
        stamps = {key: getattr(value, "value", "") for key, value in getattr(stamp, "nodes", {}).items()}
        return {"id": f"passage/{offsets}", "type": "Passage", "hasSource": "", "hasSelector": position, **stamps}

    def _direct_link(self, link: YamlNode) -> Json:
        keys = ("linkSubject", "linkPredicate", "linkObject")
        subject, predicate, value = (getattr(link, "nodes", {})[key].value for key in keys)
        return {"id": self.iri(subject), predicate: {"id": self.iri(value)}}

    def iri(self, identifier: str) -> str:
        """Return a shared identifier in full: in JSON-LD, `place:` would be the key `place` used as a prefix."""
        kind, colon, name = identifier.partition(":")
        return f"{self.base}{kind}/{name}" if colon and not name.startswith("//") else identifier


IMPLIED = {CQ.asOf, CQ.knownFrom, CQ.knownUntil, CQ.attributedTo, CQ.agentSource, *STAMP_GRADES.values()}
IMPLIED |= {CQ.contentKey, CQ.nearestPlace, CQ.startOffset, CQ.endOffset, *SIDES.values()}


def written(graph: Graph) -> set[tuple[Node, Node, Node]]:
    """Return the triples that are not implied by others: see `implied_triples`."""
    spanned = {subject for span in SPANS for subject in graph.subjects(span)}
    implied = {(subject, stamp) for subject in spanned for stamp in STAMP_GRADES}
    return {triple for triple in graph if triple[1] not in IMPLIED and triple[:2] not in implied}


def items(node: YamlNode) -> list[YamlNode]:
    return node.nodes if isinstance(node, YamlList) else [node]


def json_ld_graph(file: Path, base: str) -> Graph:
    graph = Graph()
    to_rdf(Writer(base).document(load_document(file)), graph)
    return graph


@pytest.mark.parametrize("corpus_file", CORPORA, ids=lambda file: file.parent.name)
def test_the_graphs_of_a_corpus_are_those_of_its_json_ld(corpus_file: Path) -> None:
    corpus = read_corpus(corpus_file)
    assert len(corpus.graphs) >= 2
    for name, graph in corpus.graphs.items():
        assert written(graph) == written(json_ld_graph(corpus.files[name], corpus.names.base))


@pytest.mark.parametrize("document", sorted((HERE / "valid").glob("*.yaml")), ids=lambda file: file.stem)
def test_the_graph_of_a_document_is_that_of_its_json_ld(document: Path, folder: Path) -> None:
    (folder / "article.yaml").write_bytes(document.read_bytes())
    corpus = read_corpus(folder / "corpus.yaml")
    for name, graph in corpus.graphs.items():
        assert written(graph) == written(json_ld_graph(corpus.files[name], corpus.names.base))
