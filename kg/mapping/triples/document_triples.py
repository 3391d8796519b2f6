"""Mapping documents as triples, each with its location: the shorthand is expanded and the JSON-LD context applied.

The shorthand is what the YAML has and JSON-LD lacks: default types, derived identifiers, passages and direct links. A
document's triples are those of its JSON-LD (a test compares them), but a JSON-LD parser would lose the locations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from rdflib import RDF, XSD, Literal, URIRef
from rdflib.term import Node

from kg.errors import Location
from kg.mapping.documents.document_listing import ARTICLE, OUTSIDE
from kg.mapping.documents.key_order import properties_of
from kg.mapping.documents.mapping_vocabulary import ContextTerm, Json, MappingVocabulary
from kg.mapping.documents.yaml_document import (
    MappingDocument,
    YamlList,
    YamlMapping,
    YamlNode,
    YamlText,
    mappings_in,
    texts_in,
)
from kg.mapping.passages.text_spans import TextSpan
from kg.mapping.triples.implied_triples import ImpliedTriples
from kg.mapping.triples.located_triples import LocatedTriple
from kg.mapping.triples.typed_literals import typed_literal
from kg.namespaces import CQ, OA, iri_node
from kg.terms import RdflibTriple

# Two slashes after the colon make the identifier an IRI.
SHARED_IDENTIFIER = re.compile(r"([a-z][a-z-]*):(?!//)(.*)")
"""An identifier under the corpus's base, such as `person:somebody`, for what articles share."""
OFFSET = ContextTerm(str(OA.start), str(XSD.nonNegativeInteger))
PASSAGES_SCHEMA = {"$ref": "#/$defs/passages"}
DERIVED_IDENTIFIERS = {
    "Participation": ("participation", (("attendee", "participant"), ("capacity",))),
    "Holding": ("holding", (("incumbent", "formerHolder"), ("post", "rank"))),
    "Link": ("link", (("linkSubject",), ("linkPredicate",), ("linkObject",))),
}
"""The first segment of a derived identifier, and the keys that may supply each further part, by type."""


class DocumentValue(NamedTuple):
    """One value of a key, with the key's term in the context; `iri` is empty for a literal."""

    key: str
    term: ContextTerm
    text: YamlText
    iri: str = ""


@dataclass
class DocumentParts:
    """What documents are checked by together: all of one document, or the part of it that concerns other documents."""

    triples: list[LocatedTriple] = field(default_factory=list, kw_only=True)
    defined: list[tuple[str, Location]] = field(default_factory=list, kw_only=True)
    """Each node that the document defines; no identifier may occur twice."""
    derived: set[str] = field(default_factory=set, kw_only=True)
    """The defined identifiers that are derived, since the document does not contain them."""
    values: list[DocumentValue] = field(default_factory=list, kw_only=True)
    """Every value that is not a passage: literals, concepts, references."""


@dataclass
class DocumentTriples(DocumentParts):
    """A mapping document's triples, and what the checks of its values need."""

    document: MappingDocument
    kind: str
    """The document's kind, as named in the schema."""
    base: str
    implied: list[LocatedTriple] = field(default_factory=list)
    """The triples that these imply, which belong to the same graph."""
    passages: list[tuple[YamlText, TextSpan | None]] = field(default_factory=list)
    """Every passage value; None if it is not START-END."""
    link_predicates: list[YamlText] = field(default_factory=list)

    @property
    def is_article(self) -> bool:
        """Return whether the document is an article's."""
        return self.kind == ARTICLE

    @property
    def is_asserted(self) -> bool:
        """Return whether the document's triples are inferred from; those of an outside document are not."""
        return self.kind != OUTSIDE

    def all_triples(self) -> Iterator[RdflibTriple]:
        """Yield the triples, including the implied ones; some come twice."""
        return ((triple.subject, triple.predicate, triple.object) for triple in (*self.triples, *self.implied))


def build_triples(document: MappingDocument, kind: str, base: str, vocabulary: MappingVocabulary) -> DocumentTriples:
    """Return the triples of a document that conforms to the schema of its kind; `base` is the corpus's base."""
    return _TripleBuilder(document, kind, base, vocabulary).build()


def article_base(base: str, slug: str) -> str:
    """Return an article's IRI, with which the IRIs of everything that its document defines start."""
    return f"{base}article/{slug}/"


def short_name(identifier: str) -> str:
    """Return the last segment of an identifier."""
    return re.split(r"[/:#]", identifier.rstrip("/"))[-1]


def derived_identifier(node_type: str, values: Mapping[str, str], parent: str = "") -> str:
    """Return the identifier of a node without an `id`, derived from its values and the node that contains it."""
    kind, parts = DERIVED_IDENTIFIERS[node_type]
    names = [short_name(values[key]) for keys in parts for key in keys if key in values]
    return f"{kind}/{'.'.join([short_name(parent), *names] if parent else names)}"


def node_name(node: Node) -> str:
    """Return the name that documents use for a node: `event/fire`, or `person:vik` for a shared one."""
    *parents, kind, name = str(node).rstrip("/").split("/")
    return f"{kind}/{name}" if "article" in parents[-2:-1] else f"{kind}:{name}"


def in_words(term: Node) -> str:
    """Return the name of an ontology term in words: "earliest begin", "foretold statement"."""
    return re.sub("[A-Z]", lambda letter: f" {letter[0].lower()}", short_name(str(term))).strip()


class _TripleBuilder:
    def __init__(self, document: MappingDocument, kind: str, base: str, vocabulary: MappingVocabulary) -> None:
        # The authority and an outside document belong to no article: their nodes are under the corpus's base.
        article = document.root.nodes.get("article")
        self.corpus_base, self.vocabulary = base, vocabulary
        self.iris: dict[str, str] = {}
        self.article = article if isinstance(article, YamlText) else None
        self.out = DocumentTriples(document, kind, article_base(base, self.article.value) if self.article else base)

    def build(self) -> DocumentTriples:
        root = self.out.document.root
        if self.article is not None:
            self._define("", self.article.location)
            self._add("", RDF.type, CQ.Article, self.article.location)
            self._add_direct_links(root)
            self._add_passages(root)
        self._add_content(root, self._properties({"$ref": f"#/$defs/{self.out.kind}"}), "")
        # Last, since implied triples follow from all triples of the document.
        self.out.implied = ImpliedTriples(self.out.triples).all()
        return self.out

    def _properties(self, definition: Json) -> Json:
        return properties_of(self.vocabulary.schema, definition)

    def _add_content(self, mapping: YamlMapping, properties: Json, subject: str) -> None:
        """Add the triples of a node's keys, except keys that only the shorthand has."""
        for key, value in mapping.nodes.items():
            # These keys identify the node, and become its IRI, its type or no triple at all.
            if key in ("id", "type") or (subject == "" and key in ("article", "corpus", "defaults", "passages")):
                continue
            # Decided by the schema rather than a list of keys, so that a new key for passages needs no change here.
            if properties[key] == PASSAGES_SCHEMA:
                self._add_passage_values(key, value, subject)
            else:
                for node in mappings_in(value):
                    self._add_node(key, node, self._properties(properties[key]), subject)
                self._add_texts(key, value, subject)

    def _add_node(self, key: str, mapping: YamlMapping, properties: Json, parent: str) -> None:
        default_type = properties.get("type", {}).get("default")
        own_id = mapping.nodes.get("id")
        identifier = own_id.value if isinstance(own_id, YamlText) else self._derived(mapping, default_type, parent)
        if default_type:
            own_type = mapping.nodes.get("type")
            name, place = (own_type.value, own_type) if isinstance(own_type, YamlText) else (default_type, mapping)
            self._add(identifier, RDF.type, iri_node(self.vocabulary.full(name)), place.location)
            self._define(identifier, (own_id or mapping).location)
            if own_id is None:
                self.out.derived.add(self._iri(identifier))
        elif isinstance(own_id, YamlText):
            self.out.values.append(DocumentValue("id", ContextTerm("", "@id"), own_id, self._iri(identifier)))
        term = self.vocabulary.terms[key]
        # Nodes at the root have no parent: an article is their subject, while the authority's document is no node.
        if term is not None and (parent or self.article is not None):
            subject, value = (identifier, parent) if term.reverse else (parent, identifier)
            self._add(subject, iri_node(term.iri), iri_node(self._iri(value)), mapping.location)
        self._add_content(mapping, properties, identifier)

    def _add_texts(self, key: str, value: YamlNode, subject: str) -> None:
        term = self.vocabulary.terms[key]
        if term is None:
            return
        predicate = iri_node(term.iri)
        for text in texts_in(value):
            iri = self._iri_of_value(term, text.value)
            if term.reverse:
                self._add(text.value, predicate, iri_node(self._iri(subject)), text.location)
            else:
                node = iri_node(iri) if iri else _literal(term, text.value)
                self._add(subject, predicate, node, text.location)
            self.out.values.append(DocumentValue(key, term, text, iri))

    def _iri_of_value(self, term: ContextTerm, value: str) -> str:
        """Return the IRI that a value denotes, empty if it is a literal."""
        if term.coercion == "@id" or (term.coercion == "@vocab" and SHARED_IDENTIFIER.fullmatch(value)):
            return self._iri(value)
        return term.vocab + value if term.coercion == "@vocab" else ""

    def _add_passage_values(self, key: str, value: YamlNode, subject: str) -> None:
        term = self.vocabulary.terms[key]
        if term is None:
            return
        for text in texts_in(value):
            span = TextSpan.read(text.value)
            self.out.passages.append((text, span))
            if span is not None:
                self._add(subject, iri_node(term.iri), iri_node(self._iri(f"passage/{span}")), text.location)

    def _add_passages(self, root: YamlMapping) -> None:
        block = root.nodes.get("passages")
        if isinstance(block, YamlMapping):
            for key, stamp in block.nodes.items():
                span = TextSpan.read(key)
                if span is not None and isinstance(stamp, YamlMapping):
                    self._add_passage(span, stamp, block.keys[key].location)

    def _add_passage(self, span: TextSpan, stamp: YamlMapping, location: Location) -> None:
        passage = f"passage/{span}"
        position = f"{passage}/position"
        self._define(passage, location)
        self._define(position, location)
        for subject, predicate, value in (
            (passage, RDF.type, CQ.Passage),
            (passage, OA.hasSource, iri_node(self._iri(""))),
            (passage, OA.hasSelector, iri_node(self._iri(position))),
            (position, RDF.type, OA.TextPositionSelector),
            (position, OA.start, _offset(span.start)),
            (position, OA.end, _offset(span.end)),
        ):
            self._add(subject, predicate, value, location)
        for key, node in stamp.nodes.items():
            self._add_texts(key, node, passage)

    def _add_direct_links(self, root: YamlMapping) -> None:
        """Add the triple that each link states, in addition to the link itself."""
        links = root.nodes.get("links")
        for link in links.nodes if isinstance(links, YamlList) else ():
            if not isinstance(link, YamlMapping):
                continue
            match [link.nodes.get(key) for key in ("linkSubject", "linkPredicate", "linkObject")]:
                case [YamlText() as subject, YamlText() as predicate, YamlText() as value]:
                    self.out.link_predicates.append(predicate)
                    term = self.vocabulary.terms.get(predicate.value)
                    # A predicate may also be a prefixed name of another vocabulary.
                    iri = term.iri if term else self.vocabulary.full(predicate.value)
                    self._add(subject.value, iri_node(iri), iri_node(self._iri(value.value)), predicate.location)

    def _derived(self, mapping: YamlMapping, node_type: str, parent: str) -> str:
        values = {key: value.value for key, value in mapping.nodes.items() if isinstance(value, YamlText)}
        return derived_identifier(node_type, values, parent)

    def _define(self, identifier: str, location: Location) -> None:
        self.out.defined.append((self._iri(identifier), location))

    def _add(self, subject: str, predicate: URIRef, value: URIRef | Literal, location: Location) -> None:
        self.out.triples.append(LocatedTriple(iri_node(self._iri(subject)), predicate, value, location))

    def _iri(self, identifier: str) -> str:
        if identifier not in self.iris:
            shared = SHARED_IDENTIFIER.fullmatch(identifier)
            # An identifier in a document has no scheme: with one it is an IRI already.
            own = identifier if "://" in identifier else f"{self.out.base}{identifier}"
            self.iris[identifier] = f"{self.corpus_base}{shared[1]}/{shared[2]}" if shared else own
        return self.iris[identifier]


def _literal(term: ContextTerm, value: str) -> Literal:
    typed = typed_literal(value, term.coercion) if term.coercion else None
    return Literal(value, lang=term.language) if typed is None else typed


def _offset(offset: int) -> Literal:
    return _literal(OFFSET, str(offset))
