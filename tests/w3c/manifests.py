"""The W3C's test suites where the Makefile has put them, and the tests that their manifests list.

A file of a suite has the IRI that its suite is published at, which is the base that its relative IRIs are read against.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pyoxigraph as ox
import pytest

from tests.w3c.known_failures import KNOWN_FAILURES

FOLDER = Path(__file__).parents[2] / "build" / "w3c"
BASES = {
    "dawg-data-r2": "http://www.w3.org/2001/sw/DataAccess/tests/data-r2/",
    "sparql11": "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/",
    "turtle": "http://www.w3.org/2013/TurtleTests/",
    "n3/TurtleTests": "https://w3c.github.io/N3/tests/TurtleTests/",
    "trig": "http://www.w3.org/2013/TriGTests/",
    "ntriples": "http://www.w3.org/2013/N-TriplesTests/",
    "nquads": "http://www.w3.org/2013/N-QuadsTests/",
    "rdf-xml": "http://www.w3.org/2013/RDFXMLTests/",
}
"""The folder of each suite, and the IRI that its tests are published at."""
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
Node = ox.NamedNode | ox.BlankNode
Term = Node | ox.Literal


def require_suites() -> None:
    """Skip the module that is being collected, with the reason, if the suites are not there."""
    if not (FOLDER / "sparql11").is_dir():
        pytest.skip("the W3C's suites are not in build/w3c: `make test` fetches them", allow_module_level=True)


def path_of(iri: str) -> Path:
    """Return the file that an IRI of a suite denotes."""
    folder, base = next((folder, base) for folder, base in BASES.items() if iri.startswith(base))
    return FOLDER / folder / unquote(iri.removeprefix(base))


def iri_of(path: Path) -> str:
    """Return the IRI of a file of a suite."""
    relative = path.relative_to(FOLDER).as_posix()
    folder = next(folder for folder in BASES if relative.startswith(f"{folder}/"))
    return BASES[folder] + relative.removeprefix(f"{folder}/")


@dataclass(frozen=True)
class Case:
    """A test of a manifest: `name` is its folder and its fragment, `kind` the local name of its type."""

    name: str
    kind: str
    node: Node
    manifest: ox.Dataset

    def values(self, node: Node, predicate: str) -> list[Term]:
        """Return what a node of the manifest has for a property."""
        quads = self.manifest.quads_for_subject(node)
        objects = (quad.object for quad in quads if quad.predicate.value == predicate)
        return [value for value in objects if not isinstance(value, ox.Triple)]

    def nodes(self, node: Node, predicate: str) -> list[Node]:
        """Return the nodes among what a node has for a property."""
        return [value for value in self.values(node, predicate) if isinstance(value, Node)]

    def node_at(self, predicate: str) -> Node | None:
        """Return what the test has for a property, None if it has nothing."""
        return next(iter(self.nodes(self.node, predicate)), None)

    def action(self) -> Node:
        """Return what the test is to run."""
        (action,) = self.nodes(self.node, f"{MF}action")
        return action

    def text(self, iri: str) -> str:
        """Return the text of a file of the suite."""
        return path_of(iri).read_text(encoding="utf-8")


def cases(*folders: str, kinds: str = "") -> list[Case]:
    """Return the tests in manifests below some folders whose type's name contains a word."""
    paths = [path for folder in folders for path in sorted((FOLDER / folder).rglob("manifest.ttl"))]
    return [case for path in paths for case in _listed(path) if kinds in case.kind]


def as_parameters(tests: list[Case]) -> list[object]:
    """Return tests as pytest takes them: those that cannot pass are expected to fail, for the reason on record."""
    return [pytest.param(case, id=case.name, marks=_marks(case.name)) for case in tests]


def _marks(name: str) -> list[pytest.MarkDecorator]:
    reason = KNOWN_FAILURES.get(name)
    return [pytest.mark.xfail(reason=reason, strict=True)] if reason else []


@cache
def _listed(path: Path) -> list[Case]:
    quads = ox.parse(path=path, format=ox.RdfFormat.TURTLE, base_iri=iri_of(path))
    manifest = ox.Dataset(quads)
    folder = path.parent.relative_to(FOLDER).as_posix()
    cases = []
    for node in _entries(manifest):
        types = [
            quad.object.value.rpartition("#")[2]
            for quad in manifest.quads_for_subject(node)
            if quad.predicate.value == f"{RDF}type" and isinstance(quad.object, ox.NamedNode)
        ]
        if types and not _is_withdrawn(manifest, node):
            kind = next((name for name in types if "N3" not in name), types[0])
            cases.append(Case(f"{folder}/{node.value.rpartition('#')[2]}", kind, node, manifest))
    return cases


def _is_withdrawn(manifest: ox.Dataset, node: Node) -> bool:
    values = (quad.object for quad in manifest.quads_for_subject(node))
    return any(isinstance(value, ox.NamedNode) and value.value.endswith("#Withdrawn") for value in values)


def _entries(manifest: ox.Dataset) -> Iterator[Node]:
    """Yield what the lists of entries hold, in their order."""
    for quad in manifest.quads_for_predicate(ox.NamedNode(f"{MF}entries")):
        rest = quad.object
        while isinstance(rest, ox.BlankNode):
            cell = {statement.predicate.value: statement.object for statement in manifest.quads_for_subject(rest)}
            first, rest = cell[f"{RDF}first"], cell[f"{RDF}rest"]
            assert isinstance(first, Node)
            yield first
