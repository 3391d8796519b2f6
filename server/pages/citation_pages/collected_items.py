"""Collections: what readers have collected, with notes, read from the collections' own graphs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.datasets import GraphNames
from kg.namespaces import OA
from kg.sparql.query_terms import is_usable_iri
from server.http.errors import HttpError
from server.pages.citations import CitedArticle, CitedPart, one_line, permalink
from server.pages.queried_data.page_queries import PageQueries, rows_by
from server.pages.queried_data.passage_display import DisplayedPassage, displayed_passages
from server.pages.terms.page_terms import Row
from server.pages.things.cited_things import cite_statements
from server.site import site

# What was sent without a token came from the server's machine.
UNKNOWN_AUTHOR = "somebody on the server's machine"


@dataclass(frozen=True)
class CollectedThing:
    """A statement or passage: its IRI, its permalink, and its cited part; None if the version no longer has it."""

    iri: str
    permalink: str
    part: CitedPart | None


@dataclass(frozen=True)
class CollectedItem:
    """An annotation: the things that it is about, its note, if any, and who wrote it and when."""

    identifier: str
    collection: str
    title: str
    things: tuple[CollectedThing, ...]
    note: str
    is_disputed: bool
    by: str
    at: str


def collection_graph(identifier: str) -> str:
    """Return the IRI of a collection, which is also that of its graph."""
    return GraphNames(site().base).collection(identifier)


def collection_address(graph: str) -> str:
    """Return the address of a collection's page."""
    return f"/collections/{graph.removeprefix(collection_graph(''))}"


def require_collection(queries: PageQueries, identifier: str) -> Row:
    """Return the title of a collection, and who created it and when. Raises HttpError 404 if there is none."""
    graph = collection_graph(identifier)
    # The identifier may be anything in an address: only that of an existing graph goes into a query.
    rows = queries.select("collection-title", graph=f"<{graph}>") if graph in queries.version.counts else []
    if not rows:
        raise HttpError(404, f"There is no collection '{identifier[:200]}' in version {queries.version.name}.")
    return rows[0]


def item_rows(queries: PageQueries, graphs: Iterable[str], *, disputed: bool = False) -> list[Row]:
    """Return a row for each thing of each item of these collections, or of all if none are given, oldest first."""
    values = " ".join(f"<{graph}>" for graph in graphs)
    conditions = [f"VALUES ?graph {{ {values} }}"] if values else []
    conditions += [f"VALUES ?motivation {{ <{OA.assessing}> }}"] if disputed else []
    return queries.select("collection-items", graphs=" ".join(conditions))


def collected_items(queries: PageQueries, graphs: Iterable[str], *, disputed: bool = False) -> list[CollectedItem]:
    """Return the items of these collections, or of all if none are given, oldest first; or only the disputed ones."""
    by_annotation = rows_by(item_rows(queries, graphs, disputed=disputed), "annotation")
    targets = dict.fromkeys(row["target"].value for rows in by_annotation.values() for row in rows)
    parts = cite_things(queries, [*targets])
    return [_item(annotation, rows, queries.version.name, parts) for annotation, rows in by_annotation.items()]


def cite_things(queries: PageQueries, iris: Sequence[str]) -> dict[str, CitedPart]:
    """Return the cited parts of those IRIs that are statements or passages, by IRI, in two queries."""
    # What readers sent goes into a query.
    usable = [iri for iri in dict.fromkeys(iris) if is_usable_iri(iri)]
    if not usable:
        return {}
    rows = queries.select("passages-shown", passages=" ".join(f"<{iri}>" for iri in usable))
    passages = {shown.row["passage"].value: _passage_part(shown) for shown in displayed_passages(rows, queries.version)}
    return {**cite_statements(queries, usable), **passages}


def _passage_part(passage: DisplayedPassage) -> CitedPart:
    words, row = one_line(passage.quotation), passage.row
    article = CitedArticle(one_line(row.get("title", row["article"]).value))
    return CitedPart(words or passage.place.capitalize(), bool(words), (), article)


def _item(annotation: str, rows: list[Row], version: str, parts: dict[str, CitedPart]) -> CollectedItem:
    first, targets = rows[0], dict.fromkeys(row["target"].value for row in rows)
    return CollectedItem(
        annotation.rpartition("#")[2],
        first["graph"].value,
        first["title"].value,
        tuple(CollectedThing(iri, permalink(iri, version), parts.get(iri)) for iri in targets),
        first["note"].value if "note" in first else "",
        any(row["motivation"].value == str(OA.assessing) for row in rows),
        first["by"].value if "by" in first else UNKNOWN_AUTHOR,
        first["at"].value,
    )
