"""`kg export`: writes the dataset, or some of its graphs, in any format; the same triples give the same bytes."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import click

from kg import formats
from kg.app.export import export_graphs, export_projection
from kg.cli.command import command, note
from kg.cli.options import format_option, output_option, readable_store_option, version_option
from kg.cli.output import Hashed, write
from kg.cli.progress import Steps
from kg.compression import CODING_OF_SUFFIX, compressed
from kg.engines import StorePlace
from kg.errors import RequestError
from kg.export.format_writers import EXPORT_FORMATS
from kg.export.projections import PROJECTIONS, projection_by_name
from kg.export.property_graph import EVERYTHING
from kg.extras import needs_extra
from kg.formats import Format
from kg.lookups.distributions import file_description
from kg.lookups.property_values import Values
from kg.lookups.tables import tables
from kg.lookups.thing_documents import export_things
from kg.store import Store


@command(
    "Write graphs in any format.",
    [
        "kg export --format nquads --output communique.nq --describe",
        "kg export --output communique.trig.gz",
        "kg export article/haqqani-talks inferred --format turtle",
        "kg export --format graphml --output communique.graphml",
        "kg export --projection people --format gexf --output people.gexf",
        "kg export --format xlsx --output communique.xlsx",
        "kg export --projection people --format cypher --output people.cypher",
        "kg export --format schema.org --thing article/haqqani-talks/",
        "kg export --format framed --thing person/ashfaq-parvez-kayani",
        "kg export --format nanopub --output statements.trig",
        "kg export --store http://localhost:7878/query --output communique.trig",
    ],
)
@click.argument("graphs", nargs=-1, metavar="[GRAPH]...")
@readable_store_option
@format_option((*EXPORT_FORMATS, formats.XLSX, *formats.THING_FORMATS), formats.TRIG, "The format to write.")
@click.option(
    "--projection",
    type=click.Choice(["full", *(projection.name for projection in PROJECTIONS)]),
    default="full",
    show_default=True,
    help="What a property graph shows: everything, or what is readable at a glance.",
)
@click.option(
    "--thing",
    "things",
    multiple=True,
    metavar="IRI",
    help="Write only about this thing, named in full or by the part after the base, as schema.org, framed or nanopub;"
    " repeatable.",
)
@output_option
@click.option("--describe", is_flag=True, help="Describe the file in FILE.dcat.ttl beside it: licence, size, checksum.")
@version_option
def export(
    graphs: tuple[str, ...],
    store: Store,
    place: StorePlace,
    format_: Format,
    projection: str,
    things: tuple[str, ...],
    output: Path | None,
    describe: bool,
    at: str | None,
) -> None:
    """Write the dataset, or only the GRAPHs named, in full or by the part after graph/.

    Without a GRAPH, formats for named graphs hold all of them, and formats for triples and property graphs the default
    graph: what articles and the authority state, and what is inferred. What a property graph leaves out is written into
    it, except in CSV, and reported.

    The format schema.org is JSON-LD for web pages and search engines: articles, statements, events, people and
    organizations. The format framed is JSON-LD under our own context, in which each thing is a tree with what
    belongs to it. The format nanopub has a nanopublication for each statement.

    A file whose name ends in .gz or .zst is compressed. The SHA-256 of what was written to a file is reported,
    which for N-Quads without blank nodes is the hash of RDFC-1.0.
    """
    if describe and output is None:
        raise RequestError("Standard output is not a file to describe: expected --output FILE with --describe.")
    with Steps() as steps:
        steps(f"Reading version {store.version(at).name} of {place}")
        if format_ in formats.THING_FORMATS or things:
            chunks = _things(store, graphs, things, format_, at)
        elif format_ is formats.XLSX:
            chunks = _workbook(store, graphs, at)
        elif projection == "full":
            chunks = export_graphs(store, graphs, format_, at)
        else:
            chunks = export_projection(store, graphs, projection_by_name(projection), format_, at)
        steps(f"Writing {format_.label}")
        # Before compression: another release of a compressor may write other bytes for the same document.
        hashed = Hashed(chunks)
        coding = CODING_OF_SUFFIX.get(output.suffix) if output is not None else None
        write(compressed(hashed, coding) if coding else hashed, output)
        about = _about(format_, projection)
        if about:
            note(about)
        if output is not None:
            note(_hash_of(hashed, format_))
        # Last, since it tells the size and the digest of the whole file.
        if describe and output is not None:
            command = f"{_command(format_, projection, graphs, things)} --output {shlex.quote(output.name)}"
            described = file_description(Values(store, at), output, format_, command, about)
            write([described], output.with_name(f"{output.name}.dcat.ttl"))


def _hash_of(hashed: Hashed, format_: Format) -> str:
    """Return what the document can be known by again, before it was compressed.

    Sorted N-Quads without blank nodes are canonical N-Quads (RDF Dataset Canonicalization, section 4.4.3).
    """
    is_canonical = format_ in (formats.NQUADS, formats.NTRIPLES) and not hashed.has_blank_nodes
    return f"SHA-256 {hashed.sha256}{', the hash of RDFC-1.0' if is_canonical else ''}"


def _about(format_: Format, projection: str) -> str:
    """Return what is in a property graph and what is not; empty for another document, which leaves out nothing."""
    if format_ not in formats.PROPERTY_GRAPH_FORMATS:
        return ""
    return EVERYTHING if projection == "full" else projection_by_name(projection).description


def _command(format_: Format, projection: str, graphs: tuple[str, ...], things: tuple[str, ...]) -> str:
    """Return the command that makes the same document, without the places of this machine."""
    projected = ["--projection", projection] if projection != "full" else []
    named = [word for thing in things for word in ("--thing", thing)]
    return shlex.join(["kg", "export", *graphs, "--format", format_.name, *projected, *named])


def _things(
    store: Store, graphs: tuple[str, ...], things: tuple[str, ...], format_: Format, at: str | None
) -> Iterator[bytes]:
    if graphs:
        raise RequestError(
            f"{format_.label} is made of the default graph: expected no GRAPH, but --thing for single things."
        )
    names = store.graph_names()
    base = names.base if names else ""
    iris = [thing if "://" in thing or thing.startswith("urn:") else f"{base}{thing}" for thing in things]
    return export_things(Values(store, at), iris or None, format_)


def _workbook(store: Store, graphs: tuple[str, ...], at: str | None) -> Iterator[bytes]:
    if graphs:
        raise RequestError("A workbook holds the default graph: expected no GRAPH with the format xlsx.")
    with needs_extra("xlsx"):
        from kg.lookups.workbook import write_workbook  # noqa: PLC0415 -- an extra
    yield write_workbook(tables(Values(store, at)))
