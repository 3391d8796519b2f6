"""Parsing RDF that was sent or imported: nothing is fetched, and size, nesting and XML entities are limited.

The engine's parsers do not fetch anything. But they expand entities (445 bytes to 10 MB, measured), and they are slow
or overflow their stack on deep nesting (JSON-LD, RDF/XML, triple terms): both are checked before they are called.
RDF/XML is parsed by our own grammar, from the events of expat.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from xml.parsers import expat

import pyoxigraph as ox

from kg.bracket_nesting import too_deep
from kg.errors import PayloadError
from kg.formats import JSONLD, RDFXML, TRIG, TURTLE, Format
from kg.sparql.workarounds.altered_literals import require_language
from kg.store.engine_thread import call
from kg.store.interfaces import Triple
from kg.store.jsonld_type_maps import without_type_maps
from kg.store.payload_limits import DEFAULTS, PayloadLimits
from kg.store.rdfxml_grammar import Reader
from kg.store.serialization import rdf_format
from kg.store.xml_literals import SEPARATOR
from kg.terms import from_graph, from_triple, to_lines, to_triple, write_lines

_REFERENCE = re.compile(rb"&([A-Za-z_][\w.\-]*);")


def engine_triples(triples: Iterable[Triple]) -> Iterable[ox.Triple]:
    """Return triples as the engine's triples, which those of a parsed graph already are."""
    return triples.triples if isinstance(triples, ParsedGraph) else map(to_triple, triples)


def engine_lines(triples: Iterable[Triple]) -> bytes:
    """Return triples as N-Triples, with lexical forms unchanged. Raises PayloadError if one is not allowed."""
    if isinstance(triples, ParsedGraph):
        return write_lines(triples.triples)
    return to_lines(triples)


@dataclass(frozen=True)
class ParsedGraph:
    """Parsed triples, as the engine's; iterating over the graph yields rdflib's."""

    triples: tuple[ox.Triple, ...] = field(repr=False)

    def __iter__(self) -> Iterator[Triple]:
        return map(from_triple, self.triples)

    def __len__(self) -> int:
        return len(self.triples)


def read_graph(data: bytes, written: Format, base: str | None = None, limits: PayloadLimits = DEFAULTS) -> ParsedGraph:
    """Return one graph's triples. Raises PayloadError if they cannot be parsed or the document has named graphs."""
    quads = _quads(data, written, base, limits, without_named_graphs=True)
    return ParsedGraph(tuple(quad.triple for quad in quads))


def read_dataset(
    data: bytes, written: Format, base: str | None = None, limits: PayloadLimits = DEFAULTS
) -> Mapping[str | None, ParsedGraph]:
    """Return a dataset's triples by graph, None for its default graph. Raises PayloadError if they cannot be parsed."""
    graphs: dict[str | None, list[ox.Triple]] = {}
    for quad in _quads(data, written, base, limits, without_named_graphs=False):
        # No client could request such a graph: its name differs at each parse.
        if isinstance(quad.graph_name, ox.BlankNode):
            raise PayloadError(f"The graph {quad.graph_name} is named by a blank node; name it by an IRI.")
        graphs.setdefault(from_graph(quad.graph_name), []).append(quad.triple)
    return {name: ParsedGraph(tuple(triples)) for name, triples in graphs.items()}


def _quads(
    data: bytes, written: Format, base: str | None, limits: PayloadLimits, *, without_named_graphs: bool
) -> list[ox.Quad]:
    engine_format = rdf_format(written)
    data = _without_mark(data, written)
    if written is RDFXML:
        # Before the check of the nesting, which our RDF/XML parser limits element by element.
        return call(lambda: [_checked(ox.Quad(*triple), limits) for triple in read_rdfxml(data, base, limits)])
    _refuse_deep_nesting(data, written, limits)
    if written is JSONLD:
        data = without_type_maps(data)

    def parse() -> list[ox.Quad]:
        # Blank nodes are renamed, since two documents may use one label for different nodes.
        parser: Iterable[ox.Quad] = ox.parse(
            data, engine_format, base_iri=base, without_named_graphs=without_named_graphs, rename_blank_nodes=True
        )
        if written is JSONLD:
            parser = map(_without_direction, parser)
        # One more than the limit is enough to know that it is exceeded, however many follow.
        return [_checked(quad, limits) for quad in islice(parser, limits.triples + 1)]

    quads = call(lambda: _parsed(parse, written))
    if len(quads) > limits.triples:
        raise PayloadError(f"The payload holds more than {limits.triples} triples; send it in parts.")
    return quads


def _parsed(parse: Callable[[], list[ox.Quad]], written: Format) -> list[ox.Quad]:
    try:
        return parse()
    except (SyntaxError, ValueError) as error:
        # The error of the engine's JSON-LD parser for a remote context, since it has no loader.
        if "LoadDocumentCallback" in str(error):
            raise PayloadError(
                "The JSON-LD names a remote context, and nothing is fetched here: put its content in its place."
            ) from error
        raise PayloadError(f"The payload cannot be read as {written.label}: {getattr(error, 'msg', error)}.") from error


def _without_mark(data: bytes, written: Format) -> bytes:
    """Return a document without its byte order mark. Raises PayloadError for UTF-16, which only RDF/XML may use."""
    if written is not RDFXML and data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise PayloadError(f"The payload begins with the byte order mark of UTF-16: {written.label} is read in UTF-8.")
    return data.removeprefix(BOM_UTF8)


def _without_direction(quad: ox.Quad) -> ox.Quad:
    """Return a quad of JSON-LD without the base direction of its literal, which RDF 1.1 lacks (API, section 8)."""
    value = quad.object
    if not isinstance(value, ox.Literal) or value.direction is None:
        return quad
    return ox.Quad(quad.subject, quad.predicate, ox.Literal(value.value, language=value.language), quad.graph_name)


def _checked(quad: ox.Quad, limits: PayloadLimits) -> ox.Quad:
    for term in (quad.subject, quad.predicate, quad.object):
        if isinstance(term, ox.Triple):
            raise PayloadError(f"{term} is a triple used as a term, which RDF 1.1 does not have.")
        kind, max_length = ("literal", limits.term) if isinstance(term, ox.Literal) else ("name", limits.iri)
        if isinstance(term, ox.Literal):
            require_language(term)
            if term.direction is not None:
                raise PayloadError(f"{term} has a base direction, which RDF 1.1 does not have.")
        if len(term.value) > max_length:
            fault = f"A {kind} of {len(term.value):,} characters was sent"
            raise PayloadError(f"{fault}, and the limit is {max_length:,}.")
    return quad


def _refuse_deep_nesting(data: bytes, written: Format, limits: PayloadLimits) -> None:
    # Triple terms nest in every format but JSON-LD; those that nest less deeply are refused by the parser.
    if written is not JSONLD and data.count(b"<<(") > limits.nesting:
        raise PayloadError("Triples used as terms are sent, which RDF 1.1 does not have.")
    if written in (TURTLE, TRIG, JSONLD):
        place = too_deep(data, limits.nesting, is_json=written is JSONLD)
        if place is not None:
            raise PayloadError(f"The payload nests deeper than {limits.nesting} at byte {place}.")


def read_rdfxml(data: bytes, base: str | None, limits: PayloadLimits) -> list[ox.Triple]:
    """Return the triples of a document. Raises PayloadError, with the line, if it cannot be parsed."""
    reader = Reader(base, limits, len(data) + limits.expansion)
    parser = expat.ParserCreate(namespace_separator=SEPARATOR)
    # XML literals need prefixes and order; buffered text saves a call for each line.
    parser.namespace_prefixes = parser.ordered_attributes = parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler, parser.CommentHandler = reader.characters, reader.comment
    parser.ProcessingInstructionHandler = reader.instruction
    _guard_entities(parser, data, limits)
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat takes it by position
    except (PayloadError, ValueError) as error:
        raise PayloadError(
            f"The payload cannot be read as RDF/XML: {error} (line {parser.CurrentLineNumber})."
        ) from error
    except (expat.ExpatError, LookupError) as error:
        raise PayloadError(f"The payload cannot be read as RDF/XML: {error}.") from error
    return reader.triples


def _guard_entities(parser: expat.XMLParserType, data: bytes, limits: PayloadLimits) -> None:
    """Refuse entities that are external, long, nested, or not declared in the document."""
    declared, has_external_dtd = {"amp", "lt", "gt", "quot", "apos"}, False

    def check_declaration(name: str, parameter: int, value: str | None, *_where: str | None) -> None:
        if parameter or value is None or "&" in value or len(value) > limits.entity:
            raise PayloadError(
                f"The XML entity {name} is external, holds another entity or more than {limits.entity} characters"
            )
        declared.add(name)

    def refuse_undeclared(name: str, _parameter: int) -> None:
        raise PayloadError(f"The XML entity {name} is not declared in the document")

    def begin_doctype(_name: str, system: str | None, _public: str | None, _internal: int) -> None:
        nonlocal has_external_dtd
        has_external_dtd = system is not None

    def end_doctype() -> None:
        # With an external DTD, expat drops the unknown entities of attributes and reports no error.
        if has_external_dtd and (unknown := {name.decode() for name in _REFERENCE.findall(data)} - declared):
            raise PayloadError(f"The XML entity {min(unknown)} is not declared in the document")

    parser.EntityDeclHandler, parser.SkippedEntityHandler = check_declaration, refuse_undeclared
    parser.StartDoctypeDeclHandler, parser.EndDoctypeDeclHandler = begin_doctype, end_doctype
