"""The triples of a data graph by predicate, subject and value, as compiled shapes read them.

Terms are N-Triples texts, of which each term has exactly one, so that comparing them creates no term objects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from rdflib import URIRef
from rdflib.paths import AlternativePath, InvPath, MulPath, Path, SequencePath

from kg.terms import to_text

Ends = Mapping[bytes, Collection[bytes]]


class DataIndex:
    """An index of triples given as lines of N-Triples; repeated lines count once."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._values: defaultdict[bytes, defaultdict[bytes, list[bytes]]] = defaultdict(lambda: defaultdict(list))
        self._subjects: dict[bytes, defaultdict[bytes, list[bytes]]] = {}
        for line in dict.fromkeys(lines):
            # Terms are separated by one space, and neither subject nor predicate contains one: the rest is the object.
            subject, predicate, rest = line.split(b" ", 2)
            self._values[predicate][subject].append(rest[:-2])

    def values(self, predicate: bytes) -> Ends:
        """Return the values of a predicate by subject."""
        return self._values.get(predicate, {})

    def values_of(self, subject: bytes, predicate: bytes) -> Collection[bytes]:
        """Return a subject's values of a predicate."""
        by_subject = self._values.get(predicate)
        return by_subject.get(subject, ()) if by_subject else ()

    def subjects(self, predicate: bytes) -> Ends:
        """Return the subjects of a predicate by value."""
        if predicate not in self._subjects:
            subjects = self._subjects[predicate] = defaultdict(list)
            for subject, values in self.values(predicate).items():
                for value in values:
                    subjects[value].append(subject)
        return self._subjects[predicate]


PathValues = Callable[[DataIndex, bytes], Collection[bytes]]
"""Returns the distinct nodes that a path leads to from a node."""


def compile_path(path: URIRef | Path, *, inverse: bool = False) -> PathValues:
    """Return a function that follows a path, from its end to its beginning if `inverse`."""
    if isinstance(path, URIRef):
        predicate = to_text(path)
        if inverse:
            return lambda data, node: data.subjects(predicate).get(node, ())
        return lambda data, node: data.values_of(node, predicate)
    if isinstance(path, InvPath):
        return compile_path(path.arg, inverse=not inverse)
    if isinstance(path, AlternativePath):
        ways = [compile_path(way, inverse=inverse) for way in path.args]
        return lambda data, node: {value for way in ways for value in way(data, node)}
    if isinstance(path, SequencePath):
        steps = [compile_path(step, inverse=inverse) for step in path.args]
        return _sequence(steps[::-1] if inverse else steps)
    if isinstance(path, MulPath):
        return _repeated(compile_path(path.path, inverse=inverse), path.mod)
    raise TypeError(f"{path} is not a property path of SHACL, section 2.3.1.")


def _sequence(steps: Iterable[PathValues]) -> PathValues:
    def values(data: DataIndex, node: bytes) -> Collection[bytes]:
        nodes = {node}
        for step in steps:
            nodes = {value for start in nodes for value in step(data, start)}
        return nodes

    return values


def _repeated(step: PathValues, multiplicity: str) -> PathValues:
    """Return a function that follows a path any number of times (`*`), at least once (`+`), or at most once (`?`)."""

    def values(data: DataIndex, node: bytes) -> Collection[bytes]:
        reached = set[bytes]() if multiplicity == "+" else {node}
        pending = {*step(data, node)}
        while pending:
            reached |= pending
            pending = {value for start in pending for value in step(data, start)} - reached
            if multiplicity == "?":
                break
        return reached

    return values
