"""A compiled ontology: rules that derive triples, patterns that are inconsistent, and the index over both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from pyoxigraph import Literal, NamedNode, Triple, Variable

from kg.datatypes import is_value_of
from kg.reasoning.canonical_triples import Term

RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
Slot = Variable | Term
Key = tuple[NamedNode, "Slot | None"]
Binding = Mapping[Variable, Term]
X, Y = Variable("x"), Variable("y")


@dataclass(frozen=True)
class RulePattern:
    """A triple pattern whose predicate is known."""

    subject: Slot
    predicate: NamedNode
    object: Slot

    def __str__(self) -> str:
        return f"{self.subject} {self.predicate} {self.object}"

    @property
    def key(self) -> Key:
        """Return the pattern's key in the index: its predicate, with the class if the predicate is rdf:type."""
        fixed = self.predicate == RDF_TYPE and not isinstance(self.object, Variable)
        return self.predicate, self.object if fixed else None


@dataclass(frozen=True)
class Rule:
    """If every pattern of the body matches, the head follows; the words say the axiom, the name is of OWL 2 RL."""

    name: str
    words: str
    body: tuple[RulePattern, ...]
    head: RulePattern


@dataclass(frozen=True)
class Inconsistency:
    """Facts that match every pattern of the body contradict the axiom that the words say."""

    name: str
    words: str
    body: tuple[RulePattern, ...]
    datatypes: frozenset[NamedNode] = frozenset()
    """Where not empty: `?y` is a literal of a datatype outside these, or its value is none of `datatype`."""
    datatype: str = ""

    def allows(self, binding: Binding) -> bool:
        """Tell whether the matched facts are no contradiction after all."""
        return bool(self.datatypes) and is_value_in(binding.get(Y), self.datatypes, self.datatype)


def is_value_in(value: Term | None, datatypes: Collection[NamedNode], datatype: str) -> bool:
    """Tell whether a term is no literal, or one of `datatypes` whose value is also one of `datatype`."""
    if not isinstance(value, Literal):
        return True
    return value.datatype in datatypes and is_value_of(value.value, value.datatype.value, datatype)


@dataclass(frozen=True)
class RuleSet:
    """An ontology, compiled: `schema` are its classes and properties, about which nothing is inferred."""

    rules: tuple[Rule, ...]
    inconsistencies: tuple[Inconsistency, ...]
    facts: frozenset[Triple]
    """What the ontology asserts of individuals (concepts of schemes, say); inference sees it beside the data."""
    schema: frozenset[NamedNode]
    prefixes: tuple[tuple[str, str], ...] = ()
    by_body: Mapping[Key, list[tuple[Rule, int]]] = field(init=False, repr=False)
    by_head: Mapping[Key, list[Rule]] = field(init=False, repr=False)
    inconsistencies_by_body: Mapping[Key, list[tuple[Inconsistency, int]]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # The class is frozen, and the indexes follow from its other fields.
        object.__setattr__(self, "by_body", _index(self.rules))
        object.__setattr__(self, "inconsistencies_by_body", _index(self.inconsistencies))
        heads = defaultdict(list)
        for rule in self.rules:
            heads[rule.head.key].append(rule)
        object.__setattr__(self, "by_head", heads)

    def rules_for(self, triple: Triple) -> Iterator[tuple[Rule, int]]:
        """Yield each rule that the triple may help to fire, with the place of the pattern that it may match."""
        for key in _keys(triple):
            yield from self.by_body.get(key, ())

    def inconsistencies_for(self, triple: Triple) -> Iterator[tuple[Inconsistency, int]]:
        """Yield each inconsistency that the triple may be part of, with the place of the pattern that it may match."""
        for key in _keys(triple):
            yield from self.inconsistencies_by_body.get(key, ())

    def rules_giving(self, triple: Triple) -> Iterator[Rule]:
        """Yield each rule whose head may be the triple."""
        for key in _keys(triple):
            yield from self.by_head.get(key, ())


def _keys(triple: Triple) -> tuple[Key, ...]:
    wide = (triple.predicate, None)
    return (wide, (triple.predicate, triple.object)) if triple.predicate == RDF_TYPE else (wide,)  # type: ignore[return-value]


Matched = TypeVar("Matched", Rule, Inconsistency)


def _index(matched: Iterable[Matched]) -> dict[Key, list[tuple[Matched, int]]]:
    index = defaultdict(list)
    for entry in matched:
        for place, pattern in enumerate(entry.body):
            index[pattern.key].append((entry, place))
    return index
