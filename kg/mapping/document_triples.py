"""The shorthand of mapping documents, spelt out: default types, derived identifiers, passages, direct links.

The result is JSON-LD, and beside it the list of triples that it is expected to yield, each with its place in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rdflib import RDF, XSD, Literal, URIRef

from kg.errors import Location
from kg.mapping.mapping_vocabulary import Json, Term, Vocabulary
from kg.mapping.text_spans import Span
from kg.mapping.typed_literals import literal
from kg.mapping.yaml_document import Document, Items, Mapping, Node, Text
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
class Fact:
    """A triple that a document is expected to yield, and where what says so stands."""

    subject: URIRef
    predicate: URIRef
    object: URIRef | Literal
    where: Location


@dataclass(frozen=True)
class Value:
    """One value of a key, with what the context says of the key."""

    key: str
    term: Term
    text: Text
    iri: str = ""


@dataclass
class Expanded:
    """A mapping document, spelt out."""

    document: Document
    base: str
    jsonld: Json = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    defined: list[tuple[str, Location]] = field(default_factory=list)
    """Each node that the document defines: two with one identifier are a fault."""
    derived: set[str] = field(default_factory=set)
    """The identifiers among them that nobody wrote."""
    values: list[Value] = field(default_factory=list)
    """Every value that is no passage: literals, concepts, references."""
    spans: list[tuple[Text, Span | None]] = field(default_factory=list)
    """Every passage value; None where it is no START-END."""
    links: list[Text] = field(default_factory=list)
    """The predicates of the links."""


def expand(document: Document, kind: str, base: str, vocabulary: Vocabulary) -> Expanded:
    """Spell out a document whose structure is sound; `base` is the corpus's."""
    return _Expander(document, base, vocabulary).run(kind)


def article_base(base: str, slug: str) -> str:
    """Return an article's own IRI, under which everything that its document defines lies."""
    return f"{base}article/{slug}/"


def short_name(identifier: str) -> str:
    """Return the last segment of an identifier."""
    return re.split(r"[/:#]", identifier.rstrip("/"))[-1]


class _Expander:
    def __init__(self, document: Document, base: str, vocabulary: Vocabulary) -> None:
        article = document.root.nodes.get("article")
        self.corpus, self.vocabulary = base, vocabulary
        self.article = article if isinstance(article, Text) else None
        self.out = Expanded(document, article_base(base, self.article.value) if self.article else base)

    def run(self, kind: str) -> Expanded:
        root, schema = self.out.document.root, self._resolved({"$ref": f"#/$defs/{kind}"})
        self.out.jsonld = {"@context": {**self.vocabulary.context, "@base": self.out.base}}
        if self.article is None:
            lists = (self._nodes(key, value, schema, "") for key, value in root.nodes.items())
            self.out.jsonld["@graph"] = [node for nodes in lists for node in nodes]
            return self.out
        self._define("", self.article.where)
        self._fact("", RDF.type, CQ.Article, self.article.where)
        extra = [*self._direct_links(root), *self._passages(root)]
        self.out.jsonld |= {"id": "", "type": "Article", **self._content(root, schema, ""), "@included": extra}
        return self.out

    def _content(self, mapping: Mapping, schema: Json, subject: str) -> Json:
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

    def _nodes(self, key: str, value: Node, schema: Json, subject: str) -> list[Json]:
        inner = self._resolved(schema["properties"][key], value)
        if isinstance(value, Items):
            inner = self._resolved(inner.get("items", inner))
        mappings = value.nodes if isinstance(value, Items) else [value]
        return [self._node(key, each, inner, subject) for each in mappings if isinstance(each, Mapping)]

    def _node(self, key: str, mapping: Mapping, schema: Json, parent: str) -> Json:
        default = schema["properties"].get("type", {}).get("default")
        given, named = mapping.nodes.get("id"), mapping.nodes.get("type")
        identifier = given.value if isinstance(given, Text) else self._derived(mapping, default, parent)
        node: Json = {"id": self._written(identifier)}
        if default:
            node["type"] = named.value if isinstance(named, Text) else default
            where = named.where if isinstance(named, Text) else mapping.where
            self._fact(identifier, RDF.type, URIRef(self.vocabulary.full(node["type"])), where)
            self._define(identifier, given.where if isinstance(given, Text) else mapping.where)
            self.out.derived |= set() if given else {self._iri(identifier)}
        elif isinstance(given, Text):
            self.out.values.append(Value("id", Term("", "@id"), given, self._iri(identifier)))
        self._nested(key, identifier, parent, mapping.where)
        return node | self._content(mapping, schema, identifier)

    def _nested(self, key: str, child: str, parent: str, where: Location) -> None:
        term = self.vocabulary.terms[key]
        if term is not None:
            subject, value = (child, parent) if term.reverse else (parent, child)
            self._fact(subject, URIRef(term.iri), URIRef(self._iri(value)), where)

    def _scalars(self, key: str, value: Node, subject: str) -> Iterator[str]:
        term = self.vocabulary.terms[key]
        for text in value.nodes if isinstance(value, Items) else [value]:
            if isinstance(text, Text) and term is not None:
                found = self._object(term, text.value)
                self._fact(subject, URIRef(term.iri), found, text.where)
                self.out.values.append(Value(key, term, text, str(found) if isinstance(found, URIRef) else ""))
                yield self._written(text.value) if term.coercion == "@id" else text.value

    def _object(self, term: Term, value: str) -> URIRef | Literal:
        if term.coercion == "@id":
            return URIRef(self._iri(value))
        if term.coercion == "@vocab":
            return URIRef(term.vocab + value)
        typed = literal(value, term.coercion) if term.coercion else None
        return Literal(value, lang=term.language) if typed is None else typed

    def _passage_values(self, key: str, value: Node, subject: str) -> Iterator[str]:
        term = self.vocabulary.terms[key]
        for text in value.nodes if isinstance(value, Items) else [value]:
            if isinstance(text, Text) and term is not None:
                span = Span.read(text.value)
                self.out.spans.append((text, span))
                if span is not None:
                    self._fact(subject, URIRef(term.iri), URIRef(self._iri(f"passage/{span}")), text.where)
                    yield f"passage/{span}"

    def _passages(self, root: Mapping) -> Iterator[Json]:
        stamps = root.nodes.get("passages")
        for key, stamp in stamps.nodes.items() if isinstance(stamps, Mapping) else ():
            span = Span.read(key)
            if span is not None and isinstance(stamps, Mapping) and isinstance(stamp, Mapping):
                yield self._passage(span, stamp, stamps.keys[key].where)

    def _passage(self, span: Span, stamp: Mapping, where: Location) -> Json:
        name = f"passage/{span}"
        position = f"{name}/position"
        self._define(name, where)
        self._define(position, where)
        for subject, predicate, value in (
            (name, RDF.type, CQ.Passage),
            (name, OA.hasSource, URIRef(self._iri(""))),
            (name, OA.hasSelector, URIRef(self._iri(position))),
            (position, RDF.type, OA.TextPositionSelector),
            (position, OA.start, Literal(str(span.start), datatype=XSD.nonNegativeInteger)),
            (position, OA.end, Literal(str(span.end), datatype=XSD.nonNegativeInteger)),
        ):
            self._fact(subject, predicate, value, where)
        selector = {"id": position, "type": "oa:TextPositionSelector", "start": str(span.start), "end": str(span.end)}
        stamped = {key: [*self._scalars(key, value, name)] for key, value in stamp.nodes.items()}
        return {"id": name, "type": "Passage", "hasSource": "", "hasSelector": selector, **stamped}

    def _direct_links(self, root: Mapping) -> Iterator[Json]:
        links = root.nodes.get("links")
        for link in links.nodes if isinstance(links, Items) else ():
            ends = (
                [link.nodes[key] for key in ("linkSubject", "linkPredicate", "linkObject")]
                if isinstance(link, Mapping)
                else []
            )
            texts = [end for end in ends if isinstance(end, Text)]
            if len(texts) == len(("subject", "predicate", "object")):
                yield self._direct_link(*texts)

    def _direct_link(self, subject: Text, predicate: Text, other: Text) -> Json:
        self.out.links.append(predicate)
        term = self.vocabulary.terms.get(predicate.value)
        iri = term.iri if term else self.vocabulary.full(predicate.value)
        self._fact(subject.value, URIRef(iri), URIRef(self._iri(other.value)), predicate.where)
        return {"id": self._written(subject.value), predicate.value: {"id": self._written(other.value)}}

    def _derived(self, mapping: Mapping, default: str, parent: str) -> str:
        kind, parts = DERIVED[default]
        found = [next(mapping.nodes[key] for key in keys if key in mapping.nodes) for keys in parts]
        names = [short_name(each.value) for each in found if isinstance(each, Text)]
        return f"{kind}/{'.'.join([short_name(parent), *names] if parent else names)}"

    def _define(self, identifier: str, where: Location) -> None:
        self.out.defined.append((self._iri(identifier), where))

    def _fact(self, subject: str, predicate: URIRef, value: URIRef | Literal, where: Location) -> None:
        self.out.facts.append(Fact(URIRef(self._iri(subject)), predicate, value, where))

    def _written(self, identifier: str) -> str:
        """Return an identifier as JSON-LD takes it: `place:` and `post:` cannot be prefixes, as they are keys too."""
        shared = SHARED.fullmatch(identifier)
        return f"{self.corpus}{shared[1]}/{shared[2]}" if shared else identifier

    def _iri(self, identifier: str) -> str:
        written = self._written(identifier)
        return written if "://" in written else f"{self.out.base}{written}"

    def _resolved(self, schema: Json, value: Node | None = None) -> Json:
        """Follow references, and the one choice that the schema has: a list or what may be in it."""
        while True:
            if "$ref" in schema:
                schema = self.vocabulary.schema["$defs"][schema["$ref"].rpartition("/")[2]]
            elif "if" in schema:
                schema = schema["then" if isinstance(value, Items) else "else"]
            else:
                return schema
