"""The vocabularies whose terms the code names. Each is closed: a misspelt term is an error when it is used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from rdflib import URIRef

from kg.shipped_files import ontology_folder

ONTOLOGY = "https://w3id.org/communique/ontology#"
SCHEME = "https://w3id.org/communique/scheme/"
SHAPES = "https://w3id.org/communique/shapes#"
# A search in the text, since parsing the Turtle by rdflib would take a tenth of a second at every start.
_DEFINED_TERM = re.compile(r"^cq:(\w+) a owl:(?:Class|ObjectProperty|DatatypeProperty)\b", re.MULTILINE)


MAX_CACHED_IRIS = 2**17
"""IRIs that are remembered as nodes: one comes about five times in a graph, and checking its letters is slow."""


@lru_cache(maxsize=MAX_CACHED_IRIS)
def iri_node(iri: str) -> URIRef:
    """Return an IRI as rdflib's node, as a rule the same one each time: finding that in a table compares no letters."""
    return URIRef(iri)


class Vocabulary:
    """A namespace and its terms, which are attributes and items: `CQ.name`, `CQ["name"]`."""

    def __init__(self, namespace: str, names: Iterable[str] = ()) -> None:
        self._namespace = namespace
        self._terms = {name: iri_node(f"{namespace}{name}") for name in names}
        vars(self).update(self._terms)  # found sooner than by `__getattr__`

    def __getattr__(self, name: str) -> URIRef:
        return self[name]

    def __getitem__(self, name: str) -> URIRef:
        if name not in self._terms:
            # For both ways of asking, since `hasattr` and `getattr` know no other error.
            raise AttributeError(f"{name} is not a term of {self._namespace}")
        return self._terms[name]

    def __iter__(self) -> Iterator[URIRef]:
        return iter(self._terms.values())

    def __str__(self) -> str:
        return self._namespace


CQ = Vocabulary(ONTOLOGY, _DEFINED_TERM.findall((ontology_folder() / "communique.ttl").read_text("utf-8")))
"""Every class and property of our ontology."""
CONDITIONAL_HALVES = (CQ.condition, CQ.unless, CQ.consequence, CQ.rulesOut)
"""What ties a conditional to the propositions that it is made of."""
SEARCH = Vocabulary("https://w3id.org/communique/search#", ("index", "limit", "rank", "text", "words"))
"""The service that a query names to search by words, and the properties of what it finds."""
OA = Vocabulary(
    "http://www.w3.org/ns/oa#",
    (
        *("Annotation", "TextPositionSelector", "TextualBody", "assessing", "bookmarking", "commenting", "end"),
        *("hasBody", "hasSelector", "hasSource", "hasTarget", "motivatedBy", "start"),
    ),
)
"""What passages and readers' notes use of the Web Annotation vocabulary."""
AS = Vocabulary("https://www.w3.org/ns/activitystreams#", ("Collection", "items"))
"""What collections use of Activity Streams 2.0, as the Web Annotation vocabulary does for its collections."""
SCHEMA = Vocabulary("https://schema.org/", ("Person", "attendee", "name", "sameAs", "target", "url"))
"""What the code itself uses of schema.org, by its https names; the alignments use more."""
SEM = Vocabulary("http://semanticweb.cs.vu.nl/2009/11/sem/")
"""The Simple Event Model, which the code writes a prefix for and the alignments use."""
