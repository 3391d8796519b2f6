"""RDF/XML from bytes: expat reads the XML and fetches nothing; entities have limits."""

from __future__ import annotations

import re
from xml.parsers import expat

import pyoxigraph as ox

from kg.errors import PayloadError
from kg.store.payload_limits import PayloadLimits
from kg.store.rdfxml_grammar import Reader
from kg.store.xml_literals import SEPARATOR

_REFERENCE = re.compile(rb"&([A-Za-z_][\w.\-]*);")


def read_rdfxml(data: bytes, base: str | None, limits: PayloadLimits) -> list[ox.Triple]:
    """Return the triples of a document. Raises PayloadError, with the line, if it cannot be read."""
    reader = Reader(base, limits, len(data) + limits.expansion)
    parser = expat.ParserCreate(namespace_separator=SEPARATOR)
    # XML literals keep prefixes and order; text in one piece spares a call for each line.
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
    """Refuse entities that are external, long, made of others, or not declared in the document."""
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
