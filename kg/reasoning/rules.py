"""A compiled ontology: rules that derive triples, patterns that are inconsistent, and an index of both."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from pyoxigraph import Literal, NamedNode, Triple, Variable

from kg.datatypes import is_value_of
from kg.iterables import grouped
from kg.reasoning.canonical_triples import Term, parts

RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
Slot = Variable | Term
Key = tuple[NamedNode, "Slot | None"]
Binding = Mapping[Variable, Term]
X, Y = Variable("x"), Variable("y")


@dataclass(frozen=True)
class RulePattern:
    """A triple pattern with a constant predicate."""

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
    """If all patterns of the body match, the head follows; `words` states the axiom, `name` is its name in OWL 2 RL."""

    name: str
    words: str
    body: tuple[RulePattern, ...]
    head: RulePattern


@dataclass(frozen=True)
class Inconsistency:
    """If facts match all patterns of the body, they contradict the axiom stated by `words`."""

    name: str
    words: str
    body: tuple[RulePattern, ...]
    datatypes: frozenset[NamedNode] = frozenset()
    """If not empty, `?y` must also be a literal with another datatype, or with a value that `datatype` lacks."""
    datatype: str = ""

    def allows(self, binding: Binding) -> bool:
        """Return whether the matched facts are not a contradiction after all."""
        return bool(self.datatypes) and is_value_in(binding.get(Y), self.datatypes, self.datatype)


def is_value_in(value: Term | None, datatypes: Collection[NamedNode], datatype: str) -> bool:
    """Return whether a term is not a literal, or has one of `datatypes` and a value that `datatype` also has."""
    if not isinstance(value, Literal):
        return True
    return value.datatype in datatypes and is_value_of(value.value, value.datatype.value, datatype)


def short_name(iri: str, prefixes: Iterable[tuple[str, str]]) -> str:
    """Return an IRI with the first prefix that fits, given namespaces and prefixes, or an empty string."""
    fitting = (pair for pair in prefixes if iri.startswith(pair[0]) and len(iri) > len(pair[0]))
    return next((f"{prefix}:{iri[len(namespace) :]}" for namespace, prefix in fitting), "")


@dataclass(frozen=True)
class RuleSet:
    """A compiled ontology: `schema` are its classes and properties, about which nothing is inferred."""

    rules: tuple[Rule, ...]
    inconsistencies: tuple[Inconsistency, ...]
    facts: frozenset[Triple]
    """What the ontology asserts about individuals, such as concepts of schemes; inference uses it with the data."""
    schema: frozenset[NamedNode]
    prefixes: tuple[tuple[str, str], ...] = ()
    by_body: Mapping[Key, list[tuple[Rule, int]]] = field(init=False, repr=False)
    by_head: Mapping[Key, list[Rule]] = field(init=False, repr=False)
    inconsistencies_by_body: Mapping[Key, list[tuple[Inconsistency, int]]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # The class is frozen, but the indexes are computed from the other fields.
        object.__setattr__(self, "by_body", _index(self.rules))
        object.__setattr__(self, "inconsistencies_by_body", _index(self.inconsistencies))
        object.__setattr__(self, "by_head", grouped((rule.head.key, rule) for rule in self.rules))

    def in_words(self, triple: Triple) -> str:
        """Return a triple as in Turtle, in quotation marks and without the full stop, with the ontology's prefixes."""
        return f"'{' '.join(self._term_in_words(term) for term in parts(triple))}'"

    def _term_in_words(self, term: Term) -> str:
        short = short_name(term.value, self.prefixes) if isinstance(term, NamedNode) else ""
        return "a" if term == RDF_TYPE else short or str(term)

    def rules_for(self, triple: Triple) -> Iterator[tuple[Rule, int]]:
        """Yield the rules that the triple may help to fire, with the place of the pattern that it may match."""
        for key in _keys(triple):
            yield from self.by_body.get(key, ())

    def inconsistencies_for(self, triple: Triple) -> Iterator[tuple[Inconsistency, int]]:
        """Yield the inconsistencies that the triple may be part of, with the place of the pattern that it may match."""
        for key in _keys(triple):
            yield from self.inconsistencies_by_body.get(key, ())

    def rules_giving(self, triple: Triple) -> Iterator[Rule]:
        """Yield the rules whose head may be the triple."""
        for key in _keys(triple):
            yield from self.by_head.get(key, ())


def _keys(triple: Triple) -> tuple[Key, ...]:
    wide = (triple.predicate, None)
    return (wide, (triple.predicate, triple.object)) if triple.predicate == RDF_TYPE else (wide,)  # type: ignore[return-value]


Matched = TypeVar("Matched", Rule, Inconsistency)


def _index(matched: Iterable[Matched]) -> dict[Key, list[tuple[Matched, int]]]:
    return grouped((pattern.key, (entry, place)) for entry in matched for place, pattern in enumerate(entry.body))
