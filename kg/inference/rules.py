"""What a compiled ontology is made of: rules that add triples, clashes that must not match, and the index over them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from pyoxigraph import Literal, NamedNode, Triple, Variable

from kg.datatypes import is_value_of
from kg.inference.terms import Term

RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
Slot = Variable | Term
Key = tuple[NamedNode, "Slot | None"]
Binding = Mapping[Variable, Term]
X, Y = Variable("x"), Variable("y")


@dataclass(frozen=True)
class Pattern:
    """A triple pattern whose predicate is known."""

    subject: Slot
    predicate: NamedNode
    object: Slot

    def __str__(self) -> str:
        return f"{self.subject} {self.predicate} {self.object}"

    @property
    def key(self) -> Key:
        """Return what the index files the pattern under: the predicate, and the class if it is one of type."""
        fixed = self.predicate == RDF_TYPE and not isinstance(self.object, Variable)
        return self.predicate, self.object if fixed else None


@dataclass(frozen=True)
class Rule:
    """If every pattern of the body matches, the head follows; the words say the axiom, the name is of OWL 2 RL."""

    name: str
    words: str
    body: tuple[Pattern, ...]
    head: Pattern

    @property
    def turns_object(self) -> bool:
        """Tell whether the head's subject stood as an object only, where it can be a literal."""
        subjects = {pattern.subject for pattern in self.body}
        return isinstance(self.head.subject, Variable) and self.head.subject not in subjects


@dataclass(frozen=True)
class Clash:
    """Facts that match every pattern of the body contradict the axiom that the words say."""

    name: str
    words: str
    body: tuple[Pattern, ...]
    datatypes: frozenset[NamedNode] = frozenset()
    """Where not empty: `?y` is a literal of a datatype outside these, or its value is none of `datatype`."""
    datatype: str = ""

    def allows(self, binding: Binding) -> bool:
        """Tell whether the matched facts are no contradiction after all."""
        if not self.datatypes:
            return False
        value = binding.get(Y)
        if not isinstance(value, Literal):
            return True
        return value.datatype in self.datatypes and is_value_of(value.value, value.datatype.value, self.datatype)


@dataclass(frozen=True)
class RuleSet:
    """An ontology, compiled: `schema` are its classes and properties, about which nothing is inferred."""

    rules: tuple[Rule, ...]
    clashes: tuple[Clash, ...]
    facts: frozenset[Triple]
    """What the ontology asserts of individuals (concepts of schemes, say); inference sees it beside the data."""
    schema: frozenset[NamedNode]
    prefixes: tuple[tuple[str, str], ...] = ()
    by_body: Mapping[Key, list[tuple[Rule, int]]] = field(init=False, repr=False)
    by_head: Mapping[Key, list[Rule]] = field(init=False, repr=False)
    clash_by_body: Mapping[Key, list[tuple[Clash, int]]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_body", _index(self.rules))
        object.__setattr__(self, "clash_by_body", _index(self.clashes))
        heads = defaultdict(list)
        for rule in self.rules:
            heads[rule.head.key].append(rule)
        object.__setattr__(self, "by_head", heads)

    def rules_for(self, triple: Triple) -> Iterator[tuple[Rule, int]]:
        """Yield each rule that the triple may help to fire, with the place of the pattern that it may match."""
        for key in _keys(triple):
            yield from self.by_body.get(key, ())

    def clashes_for(self, triple: Triple) -> Iterator[tuple[Clash, int]]:
        """Yield each clash that the triple may be part of, with the place of the pattern that it may match."""
        for key in _keys(triple):
            yield from self.clash_by_body.get(key, ())

    def rules_giving(self, triple: Triple) -> Iterator[Rule]:
        """Yield each rule whose head may be the triple."""
        for key in _keys(triple):
            yield from self.by_head.get(key, ())


def _keys(triple: Triple) -> tuple[Key, ...]:
    wide = (triple.predicate, None)
    return (wide, (triple.predicate, triple.object)) if triple.predicate == RDF_TYPE else (wide,)  # type: ignore[return-value]


Matched = TypeVar("Matched", Rule, Clash)


def _index(found: Iterable[Matched]) -> dict[Key, list[tuple[Matched, int]]]:
    index = defaultdict(list)
    for one in found:
        for place, pattern in enumerate(one.body):
            index[pattern.key].append((one, place))
    return index
