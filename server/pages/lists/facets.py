"""The chosen values of facets, and the queries for the statements that have them.

A URL names a value without its base IRI (`source=person/…`, `act=accuse`) or by its full IRI.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.iterables import grouped
from kg.sparql.query_terms import is_usable_iri, literal_in_query
from server.http.errors import HttpError, invalid_parameter
from server.http.parameters import Parameters
from server.search.record_paths import PREFIXES, name_in_query, path_in_query
from server.search.statement_facets import FACETS, Facet
from server.search.statement_index import NAME, NAMED_THING, WORDS
from server.site import site

# Each value adds a pattern to the query, and a link to the page.
MAX_VALUES_PER_FACET, MAX_FACET_VALUES = 8, 16


@dataclass(frozen=True)
class ChosenValue:
    """A chosen facet value: as the URL spells it, as a SPARQL term, and as a plain value."""

    facet: Facet
    spelled: str
    term: str
    value: str


def chosen_values(parameters: Parameters) -> list[ChosenValue]:
    """Return the facet values of a request. Raises HttpError 400 if there are too many, or one is not an IRI."""
    # A value that is given twice would count twice against the limits.
    spelled = {facet: [*dict.fromkeys(filter(None, parameters.get_all(facet.name)))] for facet in FACETS}
    for facet, values in spelled.items():
        if len(values) > MAX_VALUES_PER_FACET:
            raise HttpError(
                400, f"The parameter '{facet.name}' has {len(values)} values: expected {MAX_VALUES_PER_FACET} at most."
            )
    number = sum(map(len, spelled.values()))
    if number > MAX_FACET_VALUES:
        raise HttpError(400, f"The facets have {number} values in all: expected {MAX_FACET_VALUES} at most.")
    return [_chosen_value(facet, value) for facet, values in spelled.items() for value in values]


def value_in_address(facet: Facet, value: str) -> str:
    """Return the spelling of a value in URLs."""
    start = site().base if facet.prefix == "" else facet.prefix
    short = value.removeprefix(start) if start else value
    # A short form with a colon would be read as a full IRI, and an empty one as no value.
    return value if facet.prefix is not None and (":" in short or not short) else short


def statement_patterns(chosen: list[ChosenValue], words: Iterable[Sequence[str]]) -> str:
    """Return the pattern that binds `?statement` to those with a chosen value of each chosen facet, and every word."""
    terms_by_facet = grouped((value.facet, value.term) for value in chosen)
    by_facet = (_facet_pattern(number, facet, terms) for number, (facet, terms) in enumerate(terms_by_facet.items()))
    return "\n  ".join(("?statement a cq:Statement .", *by_facet, *_word_patterns(words)))


def counts_query(pattern: str) -> str:
    """Return the query that counts the statements per facet value, and in total."""
    shown = [facet for facet in FACETS if facet.shown]
    simple = " ".join(name_in_query(facet.name) for facet in shown if facet.is_property)
    own = "".join(
        f'\n  UNION {{ ?statement a cq:Statement . {facet.values.pattern("?value")} BIND("{facet.name}" AS ?facet) }}'
        for facet in shown
        if not facet.is_property
    )
    return f"""{PREFIXES}
SELECT ?facet ?value (COUNT(DISTINCT ?statement) AS ?number) WHERE {{
  {{ SELECT DISTINCT ?statement WHERE {{
  {pattern}
  }} }}
  {{ VALUES ?facet {{ {simple} }} ?statement ?facet ?value }}
  UNION {{ ?statement a cq:Statement . BIND("" AS ?value) BIND("all" AS ?facet) }}{own}
}}
GROUP BY ?facet ?value
ORDER BY ?facet DESC(?number) ?value
"""


def _chosen_value(facet: Facet, spelled: str) -> ChosenValue:
    if facet.prefix is None:
        return ChosenValue(facet, spelled, literal_in_query(spelled), spelled)
    value = spelled if ":" in spelled else f"{facet.prefix or site().base}{spelled}"
    if not is_usable_iri(value):
        raise invalid_parameter(facet.name, spelled, "an IRI, or what follows its base")
    return ChosenValue(facet, spelled, f"<{value}>", value)


def _facet_pattern(number: int, facet: Facet, terms: list[str]) -> str:
    # Numbered, so that two facets share no variable.
    variable = f"?value{number}"
    return f"{facet.values.pattern(variable)} FILTER({variable} IN ({', '.join(terms)}))"


def _word_patterns(words: Iterable[Sequence[str]]) -> Iterator[str]:
    for number, spellings in enumerate(words):
        if not number:
            yield f"?statement {path_in_query(WORDS)} ?words ."
        yield (
            f"FILTER({_has('?words', spellings)} || EXISTS {{ ?statement {NAMED_THING} ?named . "
            f"?named {NAME} ?label FILTER({_has('?label', spellings)}) }})"
        )


def _has(variable: str, spellings: Sequence[str]) -> str:
    # Each word comes after a space, so that its beginning can be searched for.
    starts = (literal_in_query(f" {spelling}") for spelling in spellings)
    return " || ".join(f"CONTAINS({_folded(variable)}, {start})" for start in starts)


def _folded(variable: str) -> str:
    """Return the SPARQL expression that does what `fold` does."""
    words = f'REPLACE(REPLACE(LCASE(STR({variable})), "[.]", ""), "[^\\\\p{{L}}\\\\p{{N}}]+", " ")'
    return f'CONCAT(" ", {words})'
