"""Errors in the graph of documents, expressed in the documents' keys and identifiers, with file, line and key."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rdflib import URIRef
from rdflib.paths import AlternativePath
from rdflib.term import Node

from kg.errors import ContradictionError, Location, Problem
from kg.mapping.triples.node_locations import NodeLocations, read_locations
from kg.namespaces import SCHEME
from kg.validation.validation_report import ValidationReport, ValidationResult, short

NOWHERE = Location(Path())
"""The location of anything that no document states."""
IRI = re.compile(r"<([^<>\s]+)>")


def violation_problems(report: ValidationReport, places: NodeLocations, base: str) -> list[Problem]:
    """Return the results of a report in order, each at the key that it is about, or NOWHERE if no document has it."""

    def sentence(result: ValidationResult) -> str:
        return report.sentence(result, lambda node: _typed_name(node, base))

    return [Problem(_place_of(result, places) or NOWHERE, sentence(result)) for result in report.results]


def _place_of(result: ValidationResult, places: NodeLocations) -> Location | None:
    place = places.of_values(result.focus, _properties(result), result.value)
    return place or (None if result.value is None else places.of_values(result.value, (), None))


def contradiction_problems(
    error: ContradictionError, places: NodeLocations, base: str
) -> Iterator[tuple[Problem, list[Location]]]:
    """Yield each contradiction at its likeliest cause among the triples involved, with the locations of all of them."""
    for sentence, triples in zip(str(error).splitlines(), error.asserted, strict=False):
        located = [(triple, place) for triple in triples if (place := places.of_triple(triple))]
        # A reference is more likely to be wrong than the description of what it refers to, or its type.
        located.sort(key=lambda pair: (str(pair[0][2]).startswith(base), pair[1]), reverse=True)
        place, *others = [place for _, place in located] or [NOWHERE]
        also = " and ".join(f"{other.key} in line {other.line} of {other.file}" for other in others)
        further = f" It rests on {also} too." if also else ""
        yield Problem(place, _in_identifiers(sentence, base) + further), [place, *others]


def located_contradiction(error: ContradictionError, files: Iterable[Path], base: str) -> ContradictionError:
    """Return a contradiction with its causes in documents, and with the documents' identifiers."""
    problems = [problem for problem, _ in contradiction_problems(error, read_locations(files, base), base)]
    further = str(error).splitlines()[len(problems) :]
    return ContradictionError("\n".join([*(line_of(problem) for problem in problems), *further]), error.asserted)


@contextmanager
def located_contradictions(files: Iterable[Path], base: str) -> Iterator[None]:
    """Add the locations of its causes in documents to any contradiction that is raised."""
    try:
        yield
    except ContradictionError as error:
        raise located_contradiction(error, files, base) from error


def line_of(problem: Problem) -> str:
    """Return a problem as a line, without a location if it has none."""
    return str(problem) if problem.location != NOWHERE else problem.message


def _properties(result: ValidationResult) -> Collection[Node]:
    path = result.path
    steps = path.args if isinstance(path, AlternativePath) else [path]
    return [step for step in steps if isinstance(step, URIRef)]


def _in_identifiers(sentence: str, base: str) -> str:
    """Return a sentence with IRIs replaced by the identifiers used in documents."""
    return IRI.sub(lambda match: _identifier(match[1], base), sentence)


def _typed_name(node: Node, base: str) -> str:
    """Return a node as written in documents: a concept without its scheme, shared things as `kind:name`."""
    iri = str(node) if isinstance(node, URIRef) else ""
    scheme, _, concept = iri.removeprefix(SCHEME).partition("/")
    # Only kinds are written with their scheme, since one key is used for the kinds of all things.
    if iri.startswith(SCHEME) and not scheme.endswith("-kind"):
        return concept
    kind, _, name = iri.removeprefix(base).partition("/")
    return f"{kind}:{name}" if iri.startswith(base) and name and kind != "article" else short(node)


def _identifier(iri: str, base: str) -> str:
    kind, _, name = iri.removeprefix(base).partition("/")
    if not iri.startswith(base) or not name:
        return f"<{iri}>"
    article, slash, own = name.partition("/")
    return f"article:{article}{slash}{own}" if kind == "article" else f"{kind}:{name}"
