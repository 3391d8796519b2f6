"""The vocabularies whose terms the code uses. Each is closed: using a misspelt term is an error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from rdflib import URIRef

from kg.shipped_files import ontology_folder

ONTOLOGY = "https://w3id.org/communique/ontology#"
SCHEME = "https://w3id.org/communique/scheme/"
SHAPES = "https://w3id.org/communique/shapes#"
# A text search, because parsing the Turtle with rdflib would take a tenth of a second at every start.
_DEFINED_TERM = re.compile(r"^cq:(\w+) a owl:(?:Class|ObjectProperty|DatatypeProperty)\b", re.MULTILINE)


MAX_CACHED_IRIS = 2**17
"""IRIs whose nodes are cached: an IRI occurs about five times in a graph, and checking its characters is slow."""


@lru_cache(maxsize=MAX_CACHED_IRIS)
def iri_node(iri: str) -> URIRef:
    """Return an IRI as rdflib's node, usually the same object each time, so that dict look-ups compare by identity."""
    return URIRef(iri)


class Vocabulary:
    """A namespace whose terms are available as attributes and items: `CQ.name`, `CQ["name"]`."""

    def __init__(self, namespace: str, names: Iterable[str] = ()) -> None:
        self._namespace = namespace
        self._terms = {name: iri_node(f"{namespace}{name}") for name in names}
        vars(self).update(self._terms)  # found sooner than by `__getattr__`

    def __getattr__(self, name: str) -> URIRef:
        return self[name]

    def __getitem__(self, name: str) -> URIRef:
        if name not in self._terms:
            # Also for items, which share this code: `hasattr` and `getattr` handle no other error.
            raise AttributeError(f"{name} is not a term of {self._namespace}")
        return self._terms[name]

    def __iter__(self) -> Iterator[URIRef]:
        return iter(self._terms.values())

    def __str__(self) -> str:
        return self._namespace


CQ = Vocabulary(ONTOLOGY, _DEFINED_TERM.findall((ontology_folder() / "communique.ttl").read_text("utf-8")))
"""Every class and property of our ontology."""
CONDITIONAL_HALVES = (CQ.condition, CQ.unless, CQ.consequence, CQ.rulesOut)
"""The properties that link a conditional to its propositions."""
SEARCH = Vocabulary("https://w3id.org/communique/search#", ("index", "limit", "rank", "text", "words"))
"""The service that a query names for full-text search, and the properties of its hits."""
OA = Vocabulary(
    "http://www.w3.org/ns/oa#",
    (
        *("Annotation", "TextPositionSelector", "TextualBody", "assessing", "bookmarking", "commenting", "end"),
        *("hasBody", "hasSelector", "hasSource", "hasTarget", "motivatedBy", "start"),
    ),
)
"""The terms of the Web Annotation vocabulary that passages and readers' notes use."""
AS = Vocabulary("https://www.w3.org/ns/activitystreams#", ("Collection", "items"))
"""The terms of Activity Streams 2.0 that collections use, as those of the Web Annotation vocabulary do."""
SCHEMA = Vocabulary("https://schema.org/", ("Person", "attendee", "name", "sameAs", "target", "url"))
"""The terms of schema.org that the code itself uses, in the https namespace; the alignments use more."""
SEM = Vocabulary("http://semanticweb.cs.vu.nl/2009/11/sem/")
"""The Simple Event Model, which exports declare a prefix for and the alignments use."""
