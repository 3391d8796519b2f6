"""What each route takes and answers, as rows: the description at /openapi.json is made of these and of the routes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg.formats import (
    CSV,
    FORM,
    GRAPH_FORMATS,
    HTML,
    JSON,
    MULTIPART,
    QUERY,
    RESULT_FORMATS,
    SCRIPTED,
    TEXT,
    UPDATE,
    Format,
)
from server.pages.facets import FACETS

READ = ("format", "output", "version")
OF_QUERIES = ("default-graph-uri", "named-graph-uri", "timeout", "sparql", *READ)
OF_UPDATES = ("using-graph-uri", "using-named-graph-uri")
GRAPH = ("graph", "default")
OF_STATEMENTS = tuple(facet.name for facet in FACETS)
LIST_FORMATS = (HTML, CSV, JSON, *GRAPH_FORMATS)


@dataclass(frozen=True)
class Operation:
    """What one method of a route takes and answers; a parameter in `required` must be given."""

    parameters: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    takes: tuple[Format, ...] = ()
    answers: tuple[Format, ...] = (HTML, *GRAPH_FORMATS)
    statuses: tuple[int, ...] = (200,)
    role: str = ""
    """The role of the token that it needs beyond what reading needs."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of an address or a form: what it says, whether it may be repeated, and its JSON type."""

    says: str
    repeated: bool = False
    kind: str = "string"
    values: tuple[str, ...] = ()


PARAMETERS: Mapping[str, Parameter] = {
    **{facet.name: Parameter(f"{facet.title}: a value that the statements have.", repeated=True) for facet in FACETS},
    "query": Parameter("A SPARQL query."),
    "update": Parameter("A SPARQL update."),
    "default-graph-uri": Parameter("A graph whose triples are in the default graph of the query.", repeated=True),
    "named-graph-uri": Parameter("A named graph of the query.", repeated=True),
    "using-graph-uri": Parameter("A graph whose triples the update's WHERE sees by default.", repeated=True),
    "using-named-graph-uri": Parameter("A named graph that the update's WHERE sees.", repeated=True),
    "timeout": Parameter("Seconds that the query may take at most.", kind="number"),
    "sparql": Parameter("The version of SPARQL.", values=("1.1", "1.2")),
    "format": Parameter("The format of the answer: a name, an extension or a media type.", repeated=True),
    "output": Parameter("The same as format, as some clients call it.", repeated=True),
    "version": Parameter("A kept version of the store, instead of the current one."),
    "graph": Parameter("The IRI of a graph."),
    "iri": Parameter("The IRI of a thing, in the place of a path."),
    "default": Parameter("The default graph; given without a value."),
    "subject": Parameter("The subject of the fact that is asked about, an IRI."),
    "predicate": Parameter("Its predicate, an IRI."),
    "value": Parameter("Its value, where that is an IRI."),
    "text": Parameter("Its value, where that is a literal."),
    "language": Parameter("The language of `text`."),
    "datatype": Parameter("The datatype of `text`, an IRI."),
    "q": Parameter("Words to look for."),
    "sort": Parameter("The order of the rows."),
    "page": Parameter("The page of a long list, from 1.", kind="integer"),
    "from": Parameter("Where it begins: a name or IRI of a chain's end, a version, or a day."),
    "to": Parameter("Where it ends."),
    "person": Parameter("A name or IRI of somebody who took part or spoke."),
    "real": Parameter("Whether to show what happened.", values=("all", "yes", "no")),
    "relation": Parameter("The IRI of a relation to follow.", repeated=True),
    "since": Parameter("The first day."),
    "until": Parameter("The last day."),
    "around": Parameter("The IRI of the node whose neighbours are wanted."),
    "most": Parameter("How many nodes are wanted at most.", kind="integer"),
    "kind": Parameter("A kind of rows."),
}

BROWSED = ("real", "relation", "since", "until")
WRITE = Operation(GRAPH, takes=(*GRAPH_FORMATS, MULTIPART), answers=(), statuses=(200, 201, 204), role="write")
PAGE = Operation(("format",))
EXPLAINED = (HTML, SCRIPTED, *GRAPH_FORMATS)
PAGED = Operation(("page", "format"), answers=LIST_FORMATS)
OF_A_KIND = Operation(("kind", "page", "format"), answers=LIST_FORMATS)

OPERATIONS: Mapping[str, Operation] = {
    "admin.queries": Operation(answers=(SCRIPTED,), role="admin"),
    "admin.stop": Operation(answers=(SCRIPTED,), statuses=(204,), role="admin"),
    "claims.claims": Operation((*OF_STATEMENTS, "q", "sort", "page", "format"), answers=LIST_FORMATS),
    "corpus.articles": PAGED,
    "dataset.dataset": Operation(("from", "to", "graph", "page", "format")),
    "disagreements.disagreements": PAGED,
    "editor.terms": Operation(answers=(SCRIPTED,)),
    "editor.things": Operation(("q",), answers=(SCRIPTED,)),
    "events.events": OF_A_KIND,
    "examples.every": PAGE,
    "examples.one": Operation(("format",), answers=(HTML, QUERY, *GRAPH_FORMATS)),
    "graph_writes.merge": WRITE,
    "graph_writes.patch": Operation(GRAPH, takes=(UPDATE,), answers=(), statuses=(204,), role="write"),
    "graph_writes.remove": Operation(GRAPH, answers=(), statuses=(200, 204), role="write"),
    "graph_writes.replace": WRITE,
    "graphs.dump": Operation(("version",), answers=GRAPH_FORMATS),
    "graphs.indirect": Operation((*GRAPH, *READ), answers=GRAPH_FORMATS),
    "health.health": Operation(answers=(SCRIPTED,)),
    "health.ready": Operation(answers=(SCRIPTED,), statuses=(200, 503)),
    "home.home": PAGE,
    "metrics.metrics": Operation(answers=(TEXT,)),
    "network.chain": Operation(("from", "to", *BROWSED, "format"), answers=EXPLAINED, statuses=(200, 303)),
    "network.graph": Operation(("around", "most", *BROWSED), answers=(SCRIPTED,)),
    "network.network": Operation(("around", *BROWSED, "format"), answers=LIST_FORMATS),
    "openapi.described": Operation(answers=(SCRIPTED,)),
    "people.people": OF_A_KIND,
    "search.search": Operation(("q", "format"), answers=LIST_FORMATS),
    "sparql.by_get": Operation(("query", *OF_QUERIES), answers=(*RESULT_FORMATS, *GRAPH_FORMATS, HTML)),
    "sparql.of_updates": Operation(("format",), answers=(HTML, *GRAPH_FORMATS)),
    "sparql.by_post": Operation(
        (*OF_QUERIES, *OF_UPDATES),
        takes=(QUERY, UPDATE, FORM),
        answers=(*RESULT_FORMATS, *GRAPH_FORMATS, HTML),
        statuses=(200, 204),
    ),
    "things.about": Operation(("iri", *READ)),
    "things.dereference": Operation(READ, answers=GRAPH_FORMATS, statuses=(200, 303)),
    "timeline.timeline": Operation(("person", "side", "kind", "from", "to", "format"), answers=LIST_FORMATS),
    "updates.update": Operation(OF_UPDATES, takes=(UPDATE, FORM), answers=(), statuses=(204,), role="write"),
    "vocabulary.ontology": PAGE,
    "vocabulary.schemes": PAGE,
    "vocabulary.shapes": PAGE,
    "void.base": Operation(answers=(), statuses=(303,)),
    "void.describe": Operation(READ, answers=GRAPH_FORMATS),
    "why.why": Operation(
        ("subject", "predicate", "value", "text", "language", "datatype", "format"),
        ("subject", "predicate"),
        answers=EXPLAINED,
    ),
}
"""Every route but that of the files of the pages, by its endpoint."""
