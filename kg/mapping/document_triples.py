"""The shorthand of mapping documents, spelt out: default types, derived identifiers, passages, direct links.

The result is JSON-LD, and beside it the list of triples that it is expected to yield, each with its place in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rdflib import RDF, XSD, Literal, URIRef

from kg.errors import Location
from kg.mapping.mapping_vocabulary import ContextTerm, Json, MappingVocabulary
from kg.mapping.text_spans import TextSpan
from kg.mapping.typed_literals import typed_literal
from kg.mapping.yaml_document import MappingDocument, YamlList, YamlMapping, YamlNode, YamlText
from kg.namespaces import CQ, OA

SHARED = re.compile(r"([a-z][a-z-]*):(?!//)(.*)")
"""An identifier under the corpus's own base, such as `person:somebody`, for what articles share."""
PASSAGES = {"$ref": "#/$defs/passages"}
DERIVED = {
    "Participation": ("participation", (("attendee", "participant"), ("capacity",))),
    "Holding": ("holding", (("incumbent", "formerHolder"), ("post", "rank"))),
    "Link": ("link", (("linkSubject",), ("linkPredicate",), ("linkObject",))),
}
"""What an identifier is derived from, by type: its kind, then for each part the keys that may hold it."""


@dataclass(frozen=True)
class LocatedTriple:
    """A triple that a document is expected to yield, and where what says so stands."""

    subject: URIRef
    predicate: URIRef
    object: URIRef | Literal
    location: Location


@dataclass(frozen=True)
class DocumentValue:
    """One value of a key, with what the context says of the key."""

    key: str
    term: ContextTerm
    text: YamlText
    iri: str = ""


@dataclass
class DocumentTriples:
    """A mapping document, spelt out."""

    document: MappingDocument
    base: str
    jsonld: Json = field(default_factory=dict)
    facts: list[LocatedTriple] = field(default_factory=list)
    defined: list[tuple[str, Location]] = field(default_factory=list)
    """Each node that the document defines: two with one identifier are a fault."""
    derived: set[str] = field(default_factory=set)
    """The identifiers among them that nobody wrote."""
    values: list[DocumentValue] = field(default_factory=list)
    """Every value that is no passage: literals, concepts, references."""
    spans: list[tuple[YamlText, TextSpan | None]] = field(default_factory=list)
    """Every passage value; None where it is no START-END."""
    links: list[YamlText] = field(default_factory=list)
    """The predicates of the links."""


def build_triples(document: MappingDocument, kind: str, base: str, vocabulary: MappingVocabulary) -> DocumentTriples:
    """Spell out a document whose structure is sound; `base` is the corpus's."""
    return _Expander(document, base, vocabulary).run(kind)


def article_base(base: str, slug: str) -> str:
    """Return an article's own IRI, under which everything that its document defines lies."""
    return f"{base}article/{slug}/"


def short_name(identifier: str) -> str:
    """Return the last segment of an identifier."""
    return re.split(r"[/:#]", identifier.rstrip("/"))[-1]


class _Expander:
    def __init__(self, document: MappingDocument, base: str, vocabulary: MappingVocabulary) -> None:
        article = document.root.nodes.get("article")
        self.corpus, self.vocabulary = base, vocabulary
        self.article = article if isinstance(article, YamlText) else None
        self.out = DocumentTriples(document, article_base(base, self.article.value) if self.article else base)

    def run(self, kind: str) -> DocumentTriples:
        root, schema = self.out.document.root, self._resolved({"$ref": f"#/$defs/{kind}"})
        self.out.jsonld = {"@context": {**self.vocabulary.context, "@base": self.out.base}}
        if self.article is None:
            lists = (self._nodes(key, value, schema, "") for key, value in root.nodes.items())
            self.out.jsonld["@graph"] = [node for nodes in lists for node in nodes]
            return self.out
        self._define("", self.article.location)
        self._fact("", RDF.type, CQ.Article, self.article.location)
        extra = [*self._direct_links(root), *self._passages(root)]
        self.out.jsonld |= {"id": "", "type": "Article", **self._content(root, schema, ""), "@included": extra}
        return self.out

    def _content(self, mapping: YamlMapping, schema: Json, subject: str) -> Json:
        """Return the JSON of a node's keys, but for those that only the shorthand knows."""
        content: Json = {}
        for key, value in mapping.nodes.items():
            if key in ("id", "type") or (subject == "" and key in ("article", "passages")):
                continue
            inner = schema["properties"][key]
            if inner == PASSAGES:
                content[key] = [*self._passage_values(key, value, subject)]
            else:
                content[key] = [*self._nodes(key, value, schema, subject), *self._scalars(key, value, subject)]
        return content

    def _nodes(self, key: str, value: YamlNode, schema: Json, subject: str) -> list[Json]:
        inner = self._resolved(schema["properties"][key], value)
        if isinstance(value, YamlList):
            inner = self._resolved(inner.get("items", inner))
        mappings = value.nodes if isinstance(value, YamlList) else [value]
        return [self._node(key, each, inner, subject) for each in mappings if isinstance(each, YamlMapping)]

    def _node(self, key: str, mapping: YamlMapping, schema: Json, parent: str) -> Json:
        default = schema["properties"].get("type", {}).get("default")
        given, named = mapping.nodes.get("id"), mapping.nodes.get("type")
        identifier = given.value if isinstance(given, YamlText) else self._derived(mapping, default, parent)
        node: Json = {"id": self._written(identifier)}
        if default:
            node["type"] = named.value if isinstance(named, YamlText) else default
            location = named.location if isinstance(named, YamlText) else mapping.location
            self._fact(identifier, RDF.type, URIRef(self.vocabulary.full(node["type"])), location)
            self._define(identifier, given.location if isinstance(given, YamlText) else mapping.location)
            self.out.derived |= set() if given else {self._iri(identifier)}
        elif isinstance(given, YamlText):
            self.out.values.append(DocumentValue("id", ContextTerm("", "@id"), given, self._iri(identifier)))
        self._nested(key, identifier, parent, mapping.location)
        return node | self._content(mapping, schema, identifier)

    def _nested(self, key: str, child: str, parent: str, location: Location) -> None:
        term = self.vocabulary.terms[key]
        if term is not None:
            subject, value = (child, parent) if term.reverse else (parent, child)
            self._fact(subject, URIRef(term.iri), URIRef(self._iri(value)), location)

    def _scalars(self, key: str, value: YamlNode, subject: str) -> Iterator[str]:
        term = self.vocabulary.terms[key]
        for text in value.nodes if isinstance(value, YamlList) else [value]:
            if isinstance(text, YamlText) and term is not None:
                found = self._object(term, text.value)
                self._fact(subject, URIRef(term.iri), found, text.location)
                self.out.values.append(DocumentValue(key, term, text, str(found) if isinstance(found, URIRef) else ""))
                yield self._written(text.value) if term.coercion == "@id" else text.value

    def _object(self, term: ContextTerm, value: str) -> URIRef | Literal:
        if term.coercion == "@id":
            return URIRef(self._iri(value))
        if term.coercion == "@vocab":
            return URIRef(term.vocab + value)
        typed = typed_literal(value, term.coercion) if term.coercion else None
        return Literal(value, lang=term.language) if typed is None else typed

    def _passage_values(self, key: str, value: YamlNode, subject: str) -> Iterator[str]:
        term = self.vocabulary.terms[key]
        for text in value.nodes if isinstance(value, YamlList) else [value]:
            if isinstance(text, YamlText) and term is not None:
                span = TextSpan.read(text.value)
                self.out.spans.append((text, span))
                if span is not None:
                    self._fact(subject, URIRef(term.iri), URIRef(self._iri(f"passage/{span}")), text.location)
                    yield f"passage/{span}"

    def _passages(self, root: YamlMapping) -> Iterator[Json]:
        passages_block = root.nodes.get("passages")
        for key, stamp in passages_block.nodes.items() if isinstance(passages_block, YamlMapping) else ():
            span = TextSpan.read(key)
            if span is not None and isinstance(passages_block, YamlMapping) and isinstance(stamp, YamlMapping):
                yield self._passage(span, stamp, passages_block.keys[key].location)

    def _passage(self, span: TextSpan, stamp: YamlMapping, location: Location) -> Json:
        name = f"passage/{span}"
        position = f"{name}/position"
        self._define(name, location)
        self._define(position, location)
        for subject, predicate, value in (
            (name, RDF.type, CQ.Passage),
            (name, OA.hasSource, URIRef(self._iri(""))),
            (name, OA.hasSelector, URIRef(self._iri(position))),
            (position, RDF.type, OA.TextPositionSelector),
            (position, OA.start, Literal(str(span.start), datatype=XSD.nonNegativeInteger)),
            (position, OA.end, Literal(str(span.end), datatype=XSD.nonNegativeInteger)),
        ):
            self._fact(subject, predicate, value, location)
        selector = {"id": position, "type": "oa:TextPositionSelector", "start": str(span.start), "end": str(span.end)}
        stamped = {key: [*self._scalars(key, value, name)] for key, value in stamp.nodes.items()}
        return {"id": name, "type": "Passage", "hasSource": "", "hasSelector": selector, **stamped}

    def _direct_links(self, root: YamlMapping) -> Iterator[Json]:
        links = root.nodes.get("links")
        for link in links.nodes if isinstance(links, YamlList) else ():
            ends = (
                [link.nodes[key] for key in ("linkSubject", "linkPredicate", "linkObject")]
                if isinstance(link, YamlMapping)
                else []
            )
            texts = [end for end in ends if isinstance(end, YamlText)]
            if len(texts) == len(("subject", "predicate", "object")):
                yield self._direct_link(*texts)

    def _direct_link(self, subject: YamlText, predicate: YamlText, other: YamlText) -> Json:
        self.out.links.append(predicate)
        term = self.vocabulary.terms.get(predicate.value)
        iri = term.iri if term else self.vocabulary.full(predicate.value)
        self._fact(subject.value, URIRef(iri), URIRef(self._iri(other.value)), predicate.location)
        return {"id": self._written(subject.value), predicate.value: {"id": self._written(other.value)}}

    def _derived(self, mapping: YamlMapping, default: str, parent: str) -> str:
        kind, parts = DERIVED[default]
        found = [next(mapping.nodes[key] for key in keys if key in mapping.nodes) for keys in parts]
        names = [short_name(each.value) for each in found if isinstance(each, YamlText)]
        return f"{kind}/{'.'.join([short_name(parent), *names] if parent else names)}"

    def _define(self, identifier: str, location: Location) -> None:
        self.out.defined.append((self._iri(identifier), location))

    def _fact(self, subject: str, predicate: URIRef, value: URIRef | Literal, location: Location) -> None:
        self.out.facts.append(LocatedTriple(URIRef(self._iri(subject)), predicate, value, location))

    def _written(self, identifier: str) -> str:
        """Return an identifier as JSON-LD takes it: `place:` and `post:` cannot be prefixes, as they are keys too."""
        shared = SHARED.fullmatch(identifier)
        return f"{self.corpus}{shared[1]}/{shared[2]}" if shared else identifier

    def _iri(self, identifier: str) -> str:
        written = self._written(identifier)
        return written if "://" in written else f"{self.out.base}{written}"

    def _resolved(self, schema: Json, value: YamlNode | None = None) -> Json:
        """Follow references, and the one choice that the schema has: a list or what may be in it."""
        while True:
            if "$ref" in schema:
                schema = self.vocabulary.schema["$defs"][schema["$ref"].rpartition("/")[2]]
            elif "if" in schema:
                schema = schema["then" if isinstance(value, YamlList) else "else"]
            else:
                return schema
