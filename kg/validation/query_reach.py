"""How far a constraint's query reaches from the validated node, according to its triple patterns.

rdflib takes half a second to parse the queries of the shipped shapes. So their reach is shipped too, in
`query_reaches.json`, which `python -m tests.validation.write_query_reaches` writes; other queries are parsed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path as File
from typing import Generic, TypeVar

from rdflib import RDF, Literal, URIRef, Variable
from rdflib.paths import InvPath, MulPath, NegatedPath, Path
from rdflib.term import Node

from kg.reachability import reachable

SHIPPED = File(__file__).with_name("query_reaches.json")
TriplePattern = tuple[object, object, object]
"""A triple pattern of a query: subject, relation or path, and object."""
THIS = Variable("this")
EVERY_RELATION = "*"
"""What stands for all relations in `QueryReach.onward`."""
Relations = TypeVar("Relations")


@dataclass(frozen=True, kw_only=True)
class ReachOfQueries(Generic[Relations]):
    """The relations of queries beyond the first step, by their position relative to the validated node."""

    any_triple: Relations
    """Relations beyond which a query reads triples of any relation."""
    named_triple: Relations
    """Relations beyond which a query reads the triple whose relation and value its node names, as a link does."""
    repeated: Relations
    """Relations that a query follows repeatedly, any number of times."""
    repeated_inverse: Relations
    """Relations that a query follows repeatedly from value to subject."""
    beside_repeated: Relations
    """All relations of the paths that contain repeated ones."""
    to_repeated: Relations
    """Relations that lead from the validated node to the beginning of such a path."""


@dataclass(frozen=True, kw_only=True)
class QueryReach(ReachOfQueries[tuple[str, ...]]):
    """The relations that a query reads, sorted."""

    towards_this: tuple[str, ...]
    """Relations by which the query reads what points at the node."""
    off_this: tuple[str, ...]
    """Relations of nodes other than the validated one, and relations of paths that may take several steps."""
    onward: tuple[str, ...]
    """Relations that lead to a node of which the query reads more than its classes, or EVERY_RELATION."""


def query_reach(text: str, prefixes: Mapping[str, str]) -> QueryReach:
    """Return how far a query reaches: as shipped, or by parsing it."""
    shipped = _shipped().get(query_digest(text, prefixes))
    return parsed_reach(text, prefixes) if shipped is None else shipped


def query_digest(text: str, prefixes: Mapping[str, str]) -> str:
    """Return the digest under which the reach of a query is shipped."""
    return sha256(json.dumps([text, sorted(prefixes.items())]).encode()).hexdigest()


@cache
def _shipped() -> dict[str, QueryReach]:
    reaches = json.loads(SHIPPED.read_text("utf-8"))
    return {
        digest: QueryReach(**{field: tuple(relations) for field, relations in reach.items()})
        for digest, reach in reaches.items()
    }


def parsed_reach(text: str, prefixes: Mapping[str, str]) -> QueryReach:
    """Return how far a query reaches, by its triple patterns."""
    patterns = [*_query_patterns(text, prefixes)]
    repeating = [pattern for pattern in patterns if any(_repeated_relations(pattern[1]))]
    repeated = {step for _, path, _ in repeating for step in _repeated_relations(path)}
    # A pattern that ends in $this reads what points at the node.
    towards = [path for subject, path, target in patterns if target == THIS != subject]
    return QueryReach(
        towards_this=_sorted(relation for path in towards for relation in _relations(path)),
        off_this=_sorted(_relations_off_this(patterns)),
        any_triple=_sorted(_before_any_relation(patterns, named=False)),
        named_triple=_sorted(_before_any_relation(patterns, named=True)),
        repeated=_sorted(relation for relation, inverse in repeated if not inverse),
        repeated_inverse=_sorted(relation for relation, inverse in repeated if inverse),
        beside_repeated=_sorted(relation for _, path, _ in repeating for relation in _relations(path)),
        to_repeated=_sorted(_before_repeated(patterns)),
        onward=_sorted(_onward_relations(patterns)),
    )


def _sorted(relations: Iterable[Node | str]) -> tuple[str, ...]:
    return tuple(sorted({str(relation) for relation in relations}))


def _relations_off_this(patterns: Iterable[TriplePattern]) -> Iterator[Node]:
    """Yield the relations of patterns whose subject is not the validated node, or whose path may take several steps."""
    for subject, path, _ in patterns:
        if subject != THIS or not isinstance(path, URIRef | Variable):
            yield from _relations(path)


def _before_any_relation(patterns: Sequence[TriplePattern], *, named: bool) -> Iterator[Node]:
    """Yield the relations that lead to a node of which the query reads any relation.

    With `named`, only nodes of which it reads just the triple whose relation and value the validated node names.
    """
    named_by_this = {target for subject, _, target in patterns if subject == THIS}
    any_relation = [pattern for pattern in patterns if isinstance(pattern[1], Variable)]
    nodes = {subject for subject, path, target in any_relation if ({path, target} <= named_by_this) is named}
    for _, path, target in patterns:
        if target in nodes - {THIS}:
            yield from _relations(path)


def _repeated_relations(path: object, *, repeats: bool = False, inverse: bool = False) -> Iterator[tuple[Node, bool]]:
    """Yield the relations of a path that are followed repeatedly, and whether from value to subject."""
    if isinstance(path, URIRef):
        if repeats:
            yield path, inverse
    elif isinstance(path, Path):
        # A question mark repeats nothing: its path takes one step or none.
        repeats |= isinstance(path, MulPath) and path.mod != "?"
        # The inverse of an inverse leads from subject to value again.
        inverse ^= isinstance(path, InvPath)
        for part in _parts(path):
            yield from _repeated_relations(part, repeats=repeats, inverse=inverse)


def _is_negated(path: object) -> bool:
    """Return whether a path contains a negated set."""
    return isinstance(path, NegatedPath) or (isinstance(path, Path) and any(map(_is_negated, _parts(path))))


def _parts(path: Path) -> Iterator[object]:
    return (part for value in vars(path).values() for part in (value if isinstance(value, list) else [value]))


def _before_repeated(patterns: Sequence[TriplePattern]) -> Iterator[Node]:
    """Yield the relations that lead to a node at which a path with repeated relations begins."""
    begins = {subject for subject, path, _ in patterns if any(_repeated_relations(path))} - {THIS}
    yield from (relation for _, path, target in patterns if target in begins for relation in _relations(path))


def _onward_relations(patterns: Sequence[TriplePattern]) -> Iterator[Node | str]:
    """Yield the relations that lead to a node of which a query reads more than its classes, or EVERY_RELATION."""
    simple = [pattern for pattern in patterns if isinstance(pattern[1], URIRef | Variable)]
    paths = [pattern for pattern in patterns if pattern not in simple]
    read = {subject for subject, relation, _ in simple if relation != RDF.type}
    # A path may lead on from either end, and from every node in between.
    read |= {end for subject, _, target in paths for end in (subject, target)}
    yield from (relation for _, path, _ in paths for relation in _relations(path))
    # A negated set is followed by the relations that it does not name.
    if any(_is_negated(path) for _, path, _ in paths):
        yield EVERY_RELATION
    for _, relation, target in simple:
        if target in read - {THIS}:
            yield relation if isinstance(relation, URIRef) else EVERY_RELATION

    def beyond(node: object) -> Iterator[object]:
        """Yield the nodes to which patterns lead from a node; two patterns of one constant are not about each other."""
        if not isinstance(node, URIRef | Literal):
            for subject, path, target in patterns:
                if node == subject:
                    yield target
                elif node == target and (node == THIS or isinstance(path, Path)):
                    yield subject

    begin: list[object] = [THIS]
    # What no pattern leads to from the validated node may be any value that an expression binds or compares.
    if read - reachable(begin, beyond):
        yield EVERY_RELATION


def _query_patterns(text: str, prefixes: Mapping[str, str]) -> Iterator[TriplePattern]:
    """Yield the triple patterns of a constraint's query."""
    from rdflib.plugins.sparql import prepareQuery  # noqa: PLC0415 -- builds its grammar, which a server never needs

    return _algebra_patterns(prepareQuery(text, initNs=prefixes).algebra)


def _algebra_patterns(part: object) -> Iterator[TriplePattern]:
    if isinstance(part, Mapping):
        for name, value in part.items():
            yield from _block_patterns(value) if name == "triples" else _algebra_patterns(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _algebra_patterns(value)


def _block_patterns(block: Iterable[Sequence[object]]) -> Iterator[TriplePattern]:
    # In a NOT EXISTS, rdflib puts the terms of several triples into one flat row.
    for row in block:
        for start in range(0, len(row), 3):
            subject, path, target = row[start : start + 3]
            yield subject, path, target


def _relations(path: object) -> Iterator[Node]:
    """Yield the relations of a pattern's path; a variable yields none."""
    if isinstance(path, URIRef):
        yield path
    elif isinstance(path, Path | Mapping):
        inner = path.values() if isinstance(path, Mapping) else vars(path).values()
        yield from (relation for value in inner for relation in _relations(value))
    elif isinstance(path, list | tuple):
        yield from (relation for value in path for relation in _relations(value))
