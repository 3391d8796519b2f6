"""One version of a store as Python reads it; pandas and networkx are needed by the methods that return their types.

>>> import communique
>>> graph = communique.open("store")
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rdflib import Literal, URIRef

from kg.app.build_options import BuildOptions
from kg.app.builds.build import build as build_corpus
from kg.app.corpus_dataset import corpus_file
from kg.app.explain import ExplanationStep, FactExplainer
from kg.engines import StorePlace
from kg.errors import RequestError
from kg.export.projections import project, projection_by_name
from kg.extras import needs_extra
from kg.lookups.citation import cite
from kg.lookups.lookup_records import StatementRecord
from kg.lookups.property_values import Values
from kg.lookups.things import statements
from kg.store import EmbeddedStore, Store, open_store

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

_XSD = "http://www.w3.org/2001/XMLSchema#"
_PYTHON_TYPES = {
    **dict.fromkeys((f"{_XSD}{name}" for name in ("integer", "int", "long", "nonNegativeInteger")), int),
    **dict.fromkeys((f"{_XSD}{name}" for name in ("decimal", "double", "float")), float),
}


class Graph:
    """A version of a store; it stays what it is while the store gets new ones.

    >>> graph.version
    '000001'
    """

    def __init__(self, store: Store, version: str | None = None) -> None:
        self._names, self._store = store.graph_names(), store
        self._values = Values(self._store, version)
        self.version = self._values.version

    def rows(self, sparql: str) -> list[dict[str, Any]]:
        """Return the rows of a SELECT; numbers and truth values are Python's, all else is text.

        The prefixes `cq:` and `skos:` need not be declared. Raises CommuniqueError if the query is faulty.

        >>> graph.rows("SELECT (COUNT(*) AS ?n) { ?meeting a cq:Meeting }")
        [{'n': 1}]
        """
        return [*self._table(sparql)[1]]

    def query_df(self, sparql: str) -> pd.DataFrame:
        """Return the rows of a SELECT as a data frame of pandas, with every column that the query names.

        >>> graph.query_df('''SELECT ?name { ?who a cq:Person ; cq:name ?name } ORDER BY ?name LIMIT 2''')
                   name
        0  Ilse Tarrant
        1   Jovan Šerić
        """
        with needs_extra("analysis"):
            import pandas as pd  # noqa: PLC0415 -- an extra
        columns, rows = self._table(sparql)
        return pd.DataFrame([*rows], columns=columns)

    def statements(self, about: str = "", by: str = "") -> list[StatementRecord]:
        """Return the statements about something, by somebody (names or IRIs), or all, in the order of the text.

        Each is a claim of its source: `chain` says who says that who says it, `passages` where.

        >>> [statement] = graph.statements(about="the Coastal Office", by="Nadia Roux")
        >>> statement.act, statement.certainty, statement.quotes
        ('accuse', 'certain', ('steers',))
        """
        return statements(self._values, about, by)

    def to_networkx(self, projection: str = "people") -> nx.MultiDiGraph:
        """Return a projection, `people`, `meetings` or `statements`, as a graph of networkx with edges keyed by label.

        >>> people = graph.to_networkx("people")
        >>> people.graph["description"].split(".")[0]
        'Nodes: people, organizations and groups'
        """
        with needs_extra("analysis"):
            import networkx as nx  # noqa: PLC0415 -- an extra
        graph = project(projection_by_name(projection), self._values.rows)
        network = nx.MultiDiGraph(description=graph.description)
        for node in graph.nodes.values():
            network.add_node(node.iri, label=node.label, types=node.types, **node.properties)
        for edge in graph.edges:
            network.add_edge(edge.source, edge.target, key=edge.label, **edge.properties)
        return network

    def cite(self, iri: str) -> str:
        """Return how to cite a statement, an event or another thing that rests on passages.

        >>> print(graph.cite(statement.iri).partition(" In: ")[0])
        “steers” The article tells that Nadia Roux accused: The Coastal Office directs the Grey Pilots.
        """
        return cite(self._values, iri)

    def why(self, subject: str, predicate: str, value: str | Literal) -> tuple[ExplanationStep, ...]:
        """Return the steps to a fact, its own first: rules, premises, and what is asserted. A text is an IRI.

        >>> steps = graph.why(statement.iri, "https://schema.org/author", statement.source.iri)
        >>> steps[0].rule, steps[-1].rule
        ('prp-spo1', '')
        """
        term = value if isinstance(value, Literal) else URIRef(value)
        return self._explainer.steps((URIRef(subject), URIRef(predicate), term), self._store)

    # Compiling the ontology takes a while, and serves every fact of the version.
    @cached_property
    def _explainer(self) -> FactExplainer:
        if self._names is None:
            raise RequestError("A plain store infers nothing: only what `kg build` made can be explained.")
        return FactExplainer.of(self._store, self.version, self._names)

    def _table(self, sparql: str) -> tuple[list[str], Iterator[dict[str, Any]]]:
        results = self._values.results(sparql)
        rows = ({name: _value(term) for name, term in row.items()} for row in results["results"]["bindings"])
        return results["head"]["vars"], rows


def open(  # noqa: A001 -- as in gzip.open
    store: str | Path,
    version: str | None = None,
    *,
    user: str | None = None,
    token: str | None = None,
    digest: bool = False,
) -> Graph:
    """Open the current version of the store in a folder, or another one that it keeps.

    It may be the address at which another engine answers SPARQL queries, too, such as http://localhost:8890/sparql;
    `user` (`NAME:PASSWORD`, by `digest` authentication or not) and `token` are the login there. Raises CommuniqueError
    if there is no store.
    """
    return Graph(StorePlace(str(store), user, token, digest).open(), version)


def build(corpus: str | Path, store: str | Path = "store", sources: str | Path | None = None) -> Graph:
    """Read, infer and validate a corpus, make it the store's current version, and open that.

    Raises CommuniqueError, and leaves the store as it was, if the corpus or one of its articles is faulty.
    """
    folder, texts = Path(store), None if sources is None else Path(sources)
    build_corpus(
        corpus_file(Path(corpus)), partial(EmbeddedStore.open, folder), BuildOptions(sources=texts, strict=True)
    )
    return Graph(open_store(folder))


def _value(term: dict[str, str]) -> object:
    datatype, text = term.get("datatype", ""), term["value"]
    if datatype == f"{_XSD}boolean":
        return text in {"true", "1"}
    return _PYTHON_TYPES.get(datatype, str)(text)
