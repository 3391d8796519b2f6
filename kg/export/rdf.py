"""A dataset in each RDF format of the table: the same bytes for the same triples, whatever the hash seed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from kg import formats
from kg.errors import RequestError, ResourceError
from kg.export.jsonld import Json, jsonld
from kg.export.ntriples_terms import Dataset, lines, union
from kg.export.prefixes import prefixes
from kg.export.rdfxml_writer import rdfxml
from kg.export.turtle import turtle
from kg.formats import Format
from kg.shipped_files import ontology_folder

Writer = Callable[[Dataset, str], Iterator[str]]


def write_rdf(dataset: Dataset, wanted: Format, base: str) -> Iterator[bytes]:
    """Yield a dataset in a format, with a corpus's prefixes; graphs are united where the format holds one graph only.

    RequestError for a format that is none of RDF, DataError for what RDF/XML cannot express.
    """
    if wanted not in WRITERS:
        raise RequestError(
            f"{wanted.label} is no RDF format: expected one of {', '.join(row.name for row in WRITERS)}."
        )
    return (text.encode("utf-8") for text in WRITERS[wanted](dataset, base))


def _jsonld(dataset: Dataset, base: str) -> Iterator[str]:
    return jsonld(dataset, prefixes(base), _context())


def _context() -> Json:
    file = ontology_folder() / "context.jsonld"
    try:
        context: Json = json.loads(file.read_text("utf-8"))["@context"]
    except FileNotFoundError as error:
        raise ResourceError(f"The JSON-LD context is missing: expected at {file}.") from error
    return context


WRITERS: Mapping[Format, Writer] = {
    formats.TURTLE: lambda dataset, base: turtle({None: union(dataset)}, prefixes(base)),
    formats.NTRIPLES: lambda dataset, _: lines(dataset, graphs=False),
    formats.RDFXML: lambda dataset, base: rdfxml(union(dataset), prefixes(base)),
    formats.JSONLD: _jsonld,
    formats.TRIG: lambda dataset, base: turtle(dataset, prefixes(base)),
    formats.NQUADS: lambda dataset, _: lines(dataset, graphs=True),
}
