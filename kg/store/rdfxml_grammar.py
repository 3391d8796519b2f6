"""A parser for RDF/XML (RDF 1.1 XML Syntax, section 7), in time and memory proportional to the document's length.

The engine's own parser refuses `xml:lang=""` and texts interrupted by CDATA, comments or processing instructions,
returns XML literals that are not well-formed, accepts a truncated document as complete, and needs minutes for an
element with 100,000 attributes. This one handles the events of an XML parser; the engine checks IRIs and language tags.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import cast

import pyoxigraph as ox

from kg.datatypes import is_ncname
from kg.errors import PayloadError
from kg.sparql.query_terms import read_term
from kg.store.payload_limits import PayloadLimits
from kg.store.xml_literals import XmlLiteral, split_name

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XML = "http://www.w3.org/XML/1998/namespace"
_CORE = frozenset({"RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype"})
_REMOVED = frozenset({"aboutEach", "aboutEachPrefix", "bagID"})
# Sections 7.2.5 to 7.2.7: the names that node elements, property elements and property attributes cannot have.
_NOT_A_NODE = frozenset({f"{RDF}{name}" for name in _CORE | _REMOVED | {"li"}})
_NOT_A_PROPERTY = frozenset({f"{RDF}{name}" for name in _CORE | _REMOVED | {"Description"}})
_NOT_AN_ATTRIBUTE = _NOT_A_PROPERTY | {f"{RDF}li"}
_UNPREFIXED = frozenset({"ID", "about", "resource", "parseType", "type"})
"""Attributes that are allowed without the prefix (section 6.1.4)."""
_SPECIAL = frozenset({"ID", "about", "nodeID", "resource", "datatype", "parseType"})
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_TYPE, _FIRST, _REST, _NIL = (ox.NamedNode(f"{RDF}{name}") for name in ("type", "first", "rest", "nil"))

Subject = ox.NamedNode | ox.BlankNode


class _ElementContent(Enum):
    """The allowed content of an element."""

    DOCUMENT = auto()
    NODES = auto()
    PROPERTIES = auto()
    VALUE = auto()
    """A text, or one node."""
    TEXT = auto()
    COLLECTION = auto()
    XML = auto()
    NOTHING = auto()


@dataclass
class _Element:
    """An open element: its allowed content, and what has been read of it so far."""

    holds: _ElementContent
    base: str | None
    language: str
    subject: Subject | None = None
    predicate: ox.NamedNode | None = None
    identifier: ox.NamedNode | None = None
    """The IRI that rdf:ID gives to the reified statement."""
    datatype: ox.NamedNode | None = None
    text: list[str] = field(default_factory=list)
    length: int = 0
    nodes: list[Subject] = field(default_factory=list)
    items: int = 0
    """The number of rdf:li elements in it so far."""
    literal: XmlLiteral | None = None


@dataclass
class _Attributes:
    """An element's attributes: those of RDF/XML itself by local name, and property attributes."""

    special: dict[str, str]
    properties: list[tuple[str, str]]
    base: str | None
    language: str


class Reader:
    """Handles the events of expat, and collects the triples."""

    def __init__(self, base: str | None, limits: PayloadLimits, characters: int) -> None:
        self.triples: list[ox.Triple] = []
        self._left = characters
        """Characters that texts and attributes may still have, since entity references may expand to many."""
        self._limits = limits
        self._open = [_Element(_ElementContent.DOCUMENT, base, "")]
        self._nodes: dict[str, ox.BlankNode] = {}
        self._iris: dict[tuple[str | None, str], ox.NamedNode] = {}
        self._identifiers: set[str] = set()

    def start(self, name: str, attributes: list[str]) -> None:
        """Handle the start of an element."""
        inside = self._open[-1]
        # Attributes count too: entities expand in them as they do in texts.
        self._spend(sum(map(len, attributes[1::2])))
        if inside.literal is not None:
            self._deeper(len(self._open) + inside.literal.depth)
            inside.literal.start(name, attributes)
            return
        self._deeper(len(self._open))
        # RDF uses IRIs as names: the namespace followed by the local name (section 6.1.2).
        name = "".join(split_name(name))
        read = self._attributes(name, attributes, inside)
        self._open.append(_STARTS[inside.holds](self, name, read, inside))

    def end(self, _name: str) -> None:
        """Handle the end of an element."""
        inside = self._open[-1]
        if inside.literal is not None and inside.literal.depth:
            inside.literal.end()
            return
        element = self._open.pop()
        if element.predicate is not None:
            self._close_property(element)

    def characters(self, text: str) -> None:
        """Handle text, which may come in pieces."""
        inside = self._open[-1]
        self._spend(len(text))
        inside.length += len(text)
        if inside.length > self._limits.term:
            raise PayloadError(f"A literal of more than {self._limits.term:,} characters was sent.")
        if inside.literal is not None:
            inside.literal.characters(text)
        elif inside.holds in (_ElementContent.VALUE, _ElementContent.TEXT):
            inside.text.append(text)
        elif not text.isspace():
            raise PayloadError(f"The text {text[:40]!r} stands where an element was expected")

    def comment(self, text: str) -> None:
        """Handle a comment, which matters in XML literals only."""
        if (literal := self._open[-1].literal) is not None:
            literal.comment(text)

    def instruction(self, target: str, data: str) -> None:
        """Handle a processing instruction, which matters in XML literals only."""
        if (literal := self._open[-1].literal) is not None:
            literal.instruction(target, data)

    def document(self, name: str, read: _Attributes, inside: _Element) -> _Element:
        """Begin rdf:RDF, or the one node that is the whole document (section 7.2.8)."""
        if name != f"{RDF}RDF":
            return self.node(name, read, inside)
        if read.special or read.properties:
            raise PayloadError("rdf:RDF takes no attributes but xml:base and xml:lang")
        return _Element(_ElementContent.NODES, read.base, read.language)

    def node(self, name: str, read: _Attributes, inside: _Element) -> _Element:
        """Begin a node (section 7.2.11)."""
        if name in _NOT_A_NODE:
            raise PayloadError(f"{_short(name)} is not allowed as the name of a node")
        if inside.holds is _ElementContent.VALUE:
            if inside.nodes or "".join(inside.text).strip():
                raise PayloadError("A property holds a node beside a text or another node")
            # The text so far is the white space before the node.
            inside.text.clear()
        self._only(read, "ID", "about", "nodeID")
        subject = self._subject(read) or ox.BlankNode()
        inside.nodes.append(subject)
        if name != f"{RDF}Description":
            self._add(subject, _TYPE, self._resolved(None, name))
        self._property_attributes(subject, read)
        return _Element(_ElementContent.PROPERTIES, read.base, read.language, subject)

    def property(self, name: str, read: _Attributes, inside: _Element) -> _Element:
        """Begin a property (section 7.2.14)."""
        if name == f"{RDF}li":
            # Each element counts its own rdf:li (section 7.4).
            inside.items += 1
            name = f"{RDF}_{inside.items}"
        if name in _NOT_A_PROPERTY:
            raise PayloadError(f"{_short(name)} is not allowed as the name of a property")
        element = _Element(_ElementContent.VALUE, read.base, read.language, inside.subject, self._resolved(None, name))
        element.identifier = self._identifier(read)
        parse_type = read.special.get("parseType")
        if parse_type is not None:
            return self._of_parse_type(element, parse_type, read)
        if read.properties or read.special.keys() & {"resource", "nodeID"}:
            return self._empty_property(element, read)
        self._only(read, "ID", "datatype")
        if "datatype" in read.special:
            datatype = self._resolved(read.base, read.special["datatype"])
            return replace(element, holds=_ElementContent.TEXT, datatype=datatype)
        return element

    def nothing(self, name: str, _read: _Attributes, _inside: _Element) -> _Element:
        """Refuse an element where none is allowed."""
        raise PayloadError(f"{_short(name)} stands in a property that holds no element")

    def _of_parse_type(self, element: _Element, parse_type: str, read: _Attributes) -> _Element:
        """Begin a property with rdf:parseType (sections 7.2.17 to 7.2.20); an unknown type means a literal."""
        self._only(read, "ID", "parseType")
        if read.properties:
            raise PayloadError(f"The attribute {_short(read.properties[0][0])} stands beside rdf:parseType")
        if parse_type == "Resource":
            inner = ox.BlankNode()
            self._state(element, inner)
            return _Element(_ElementContent.PROPERTIES, read.base, read.language, inner)
        if parse_type == "Collection":
            return replace(element, holds=_ElementContent.COLLECTION)
        return replace(element, holds=_ElementContent.XML, literal=XmlLiteral())

    def _empty_property(self, element: _Element, read: _Attributes) -> _Element:
        """Begin a property whose value is given by attributes (section 7.2.21)."""
        self._only(read, "ID", "resource", "nodeID")
        if {"resource", "nodeID"} <= read.special.keys():
            raise PayloadError("rdf:resource and rdf:nodeID stand on one element")
        resource, node = read.special.get("resource"), read.special.get("nodeID")
        value: Subject = ox.BlankNode() if node is None else self._node(node)
        value = value if resource is None else self._resolved(read.base, resource)
        self._state(element, value)
        self._property_attributes(value, read)
        return _Element(_ElementContent.NOTHING, read.base, read.language)

    def _close_property(self, element: _Element) -> None:
        if element.literal is not None:
            self._state(element, ox.Literal(element.literal.text, datatype=ox.NamedNode(f"{RDF}XMLLiteral")))
        elif element.holds is _ElementContent.COLLECTION:
            self._state(element, self._list(element.nodes))
        elif element.nodes:
            if "".join(element.text).strip():
                raise PayloadError("A property holds a text beside a node")
            self._state(element, element.nodes[0])
        else:
            language = element.language or None if element.datatype is None else None
            self._state(element, ox.Literal("".join(element.text), datatype=element.datatype, language=language))

    def _list(self, nodes: Sequence[Subject]) -> Subject:
        # From the end, since each cell refers to the next.
        following: Subject = _NIL
        for node in reversed(nodes):
            cell = ox.BlankNode()
            self._add(cell, _FIRST, node)
            self._add(cell, _REST, following)
            following = cell
        return following

    def _state(self, element: _Element, value: Subject | ox.Literal) -> None:
        """Add an element's statement, and its reification if there is an rdf:ID (section 7.3)."""
        if element.subject is None or element.predicate is None:
            return
        self._add(element.subject, element.predicate, value)
        if element.identifier is not None:
            self._add(element.identifier, _TYPE, ox.NamedNode(f"{RDF}Statement"))
            self._add(element.identifier, ox.NamedNode(f"{RDF}subject"), element.subject)
            self._add(element.identifier, ox.NamedNode(f"{RDF}predicate"), element.predicate)
            self._add(element.identifier, ox.NamedNode(f"{RDF}object"), value)

    def _property_attributes(self, subject: Subject, read: _Attributes) -> None:
        for name, value in read.properties:
            if name == f"{RDF}type":
                self._add(subject, _TYPE, self._resolved(read.base, value))
            else:
                self._add(subject, self._resolved(None, name), ox.Literal(value, language=read.language or None))

    def _attributes(self, element: str, attributes: list[str], inside: _Element) -> _Attributes:
        special: dict[str, str] = {}
        properties: list[tuple[str, str]] = []
        base, language = inside.base, inside.language
        for name, value in zip(attributes[::2], attributes[1::2], strict=True):
            namespace, local = split_name(name)
            # Names reserved by XML are not properties: section 6.1.2 removes all of them but xml:base and xml:lang.
            if namespace == _XML or (not namespace and local[:3].lower() == "xml"):
                base = self._resolved(base, value).value if (namespace, local) == (_XML, "base") else base
                language = value if (namespace, local) == (_XML, "lang") else language
                continue
            namespace = RDF if not namespace and local in _UNPREFIXED else namespace
            if namespace == RDF and local in special:
                raise PayloadError(f"The attribute rdf:{local} stands twice on one element")
            if namespace == RDF and local in _SPECIAL:
                special[local] = value
            elif not namespace or f"{namespace}{local}" in _NOT_AN_ATTRIBUTE:
                raise PayloadError(f"The attribute {_short(namespace + local)} of {_short(element)} is not allowed")
            else:
                properties.append((f"{namespace}{local}", value))
        return _Attributes(special, properties, base, language)

    def _only(self, read: _Attributes, *allowed: str) -> None:
        for name in read.special:
            if name not in allowed:
                raise PayloadError(f"The attribute rdf:{name} is not allowed here")

    def _subject(self, read: _Attributes) -> Subject | None:
        if len(read.special) > 1:
            raise PayloadError(f"{' and '.join(f'rdf:{name}' for name in read.special)} stand on one element")
        if "about" in read.special:
            return self._resolved(read.base, read.special["about"])
        return self._node(read.special["nodeID"]) if "nodeID" in read.special else self._identifier(read)

    def _identifier(self, read: _Attributes) -> ox.NamedNode | None:
        """Return the IRI given by rdf:ID, which must be unique in a document (section 7.2.34)."""
        if (name := read.special.get("ID")) is None:
            return None
        if not is_ncname(name):
            raise PayloadError(f"rdf:ID is {name[:80]!r}, and a name of XML without a colon was expected")
        iri = self._resolved(read.base, f"#{name}")
        if iri.value in self._identifiers:
            raise PayloadError(f"rdf:ID gives the name {iri.value} twice")
        self._identifiers.add(iri.value)
        return iri

    def _node(self, name: str) -> ox.BlankNode:
        if not is_ncname(name):
            raise PayloadError(f"rdf:nodeID is {name[:80]!r}, and a name of XML without a colon was expected")
        return self._nodes.setdefault(name, ox.BlankNode())

    def _resolved(self, base: str | None, reference: str) -> ox.NamedNode:
        iri = self._iris.get((base, reference))
        if iri is None:
            iri = self._iris[base, reference] = _resolve(base, reference, self._limits.iri)
        return iri

    def _add(self, subject: Subject, predicate: ox.NamedNode, value: Subject | ox.Literal) -> None:
        self.triples.append(ox.Triple(subject, predicate, value))
        if len(self.triples) > self._limits.triples:
            raise PayloadError(f"The payload holds more than {self._limits.triples} triples; send it in parts")

    def _spend(self, characters: int) -> None:
        self._left -= characters
        if self._left < 0:
            raise PayloadError(f"The XML entities come to more than {self._limits.expansion:,} characters")

    def _deeper(self, depth: int) -> None:
        if depth > self._limits.nesting:
            raise PayloadError(f"The payload nests deeper than {self._limits.nesting}")


# Without XML, whose elements go to the literal that contains them.
_STARTS: dict[_ElementContent, Callable[[Reader, str, _Attributes, _Element], _Element]] = {
    _ElementContent.DOCUMENT: Reader.document,
    _ElementContent.NODES: Reader.node,
    _ElementContent.PROPERTIES: Reader.property,
    _ElementContent.VALUE: Reader.node,
    _ElementContent.COLLECTION: Reader.node,
    _ElementContent.TEXT: Reader.nothing,
    _ElementContent.NOTHING: Reader.nothing,
}


def _resolve(base: str | None, reference: str, max_length: int) -> ox.NamedNode:
    """Resolve a reference to an absolute IRI (RFC 3986, section 5.2). Raises ValueError if it is not one."""
    if len(reference) > max_length:
        raise PayloadError(f"A name of {len(reference):,} characters was sent, and the limit is {max_length:,}")
    if base is None or _ABSOLUTE.match(reference):
        return ox.NamedNode(reference)
    # The engine gives the same result, but its parser takes ten times as long, and every rdf:ID is such a reference.
    if reference.startswith("#"):
        return ox.NamedNode(base.partition("#")[0] + reference)
    if any(sign in reference for sign in '<>"{}|^`\\') or any(sign <= " " for sign in reference):
        raise PayloadError(f"{reference[:80]!r} is no IRI")
    # Resolved by the engine, since urljoin supports fewer schemes and drops empty fragments.
    try:
        return cast("ox.NamedNode", read_term(f"<{reference}>", base=base))
    except SyntaxError as error:
        raise PayloadError(f"{reference[:80]!r} is no IRI") from error


def _short(name: str) -> str:
    return f"rdf:{name.removeprefix(RDF)}" if name.startswith(RDF) else name
