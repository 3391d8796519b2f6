"""The facets of statements, with the query pattern of each.

A URL names a value without its base IRI (`source=person/…`, `act=accuse`) or by its whole IRI.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.namespaces import SCHEME
from kg.sparql.query_terms import is_usable_iri, literal_in_query
from server.http.errors import HttpError, invalid_parameter
from server.http.parameters import Parameters
from server.site import site

MAX_VALUES_PER_FACET, MAX_FACET_VALUES = 8, 16
"""Bounds on the chosen values of one facet and of all: each adds a pattern to the query and a link to the page."""


@dataclass(frozen=True)
class Facet:
    """A facet: its parameter, its heading, and the pattern that binds `?value` to a statement.

    `prefix` is the part of a value's IRI that URLs omit; None if the values are not IRIs.
    """

    name: str
    title: str
    pattern: str
    prefix: str | None = ""
    shown: bool = True


SUPPORT_PATTERN = """BIND(IF(EXISTS {
    { ?peer cq:confirms ?statement } UNION {
      ?statement cq:says/cq:contentKey ?key ; cq:polarity ?put ; cq:tense ?tense .
      ?proposition cq:contentKey ?key . ?peer cq:says ?proposition ; cq:polarity ?put ; cq:tense ?tense .
      FILTER(?put != polarity:underspecified && ?peer != ?statement)
    }
    ?peer cq:source ?other .
    FILTER NOT EXISTS { ?statement cq:sourceInChain ?other }
    FILTER NOT EXISTS { ?statement cq:sourceInChain/cq:identifiedAs ?other }
    FILTER NOT EXISTS { ?other cq:identifiedAs ?named . ?statement cq:sourceInChain ?named }
    FILTER NOT EXISTS { ?relay cq:relaysEventually ?statement ; cq:source ?other }
    FILTER NOT EXISTS { ?relay cq:relaysEventually ?statement ; cq:source/cq:identifiedAs ?other }
    FILTER NOT EXISTS { ?other cq:identifiedAs ?named . ?relay cq:relaysEventually ?statement ; cq:source ?named }
    FILTER NOT EXISTS { ?peer cq:relaysEventually ?statement }
    FILTER NOT EXISTS { ?statement cq:relaysEventually ?peer }
    FILTER NOT EXISTS { ?peer cq:tellingOf ?utterance . ?statement cq:tellingOf ?utterance }
    FILTER NOT EXISTS { ?peer cq:tellingOf ?utterance . ?statement cq:relaysEventually/cq:tellingOf ?utterance }
    FILTER NOT EXISTS { ?peer cq:tellingOf ?act . ?relay cq:tellingOf ?act ; cq:relaysEventually ?statement }
  }, "several independent sources", "one source") AS ?value)"""
"""A statement has several sources if one outside of its chain confirms it, or says the same as so, or as not so."""

FACETS = (
    Facet("source", "Source", "?statement cq:source ?value ."),
    Facet("about", "About", "?statement cq:about ?value ."),
    Facet(
        "hand",
        "At first hand, or by another's word",
        'BIND(IF(EXISTS { ?statement cq:byWordOf ?passing }, "second hand", "first hand") AS ?value)',
        None,
    ),
    Facet(
        "side",
        "Side of the source",
        "?statement cq:sourceSide ?value . FILTER EXISTS { ?participation cq:side ?value }",
    ),
    Facet("act", "Act", "?statement cq:act ?value .", f"{SCHEME}act/"),
    Facet("certainty", "Certainty", "?statement cq:certainty ?value .", f"{SCHEME}certainty/"),
    Facet("polarity", "How it is put forward", "?statement cq:polarity ?value .", f"{SCHEME}polarity/"),
    Facet("topic", "Topic", "?statement cq:about ?value . ?value a skos:Concept ."),
    Facet("occasion", "Occasion", "?statement cq:occasion ?value ."),
    Facet(
        "date",
        "Said on",
        "?statement cq:saidEarliest ?said . BIND(SUBSTR(STR(?said), 1, 10) AS ?value)",
        None,
    ),
    Facet("support", "Sources that say so", SUPPORT_PATTERN, None),
    Facet("form", "Form", "?statement cq:form ?value .", f"{SCHEME}form/"),
    Facet("sourceKind", "Kind of source", "?statement cq:sourceKind ?value .", f"{SCHEME}source/"),
    Facet("addressee", "Said to", "?statement cq:addressee ?value .", shown=False),
    Facet("onBehalfOf", "On behalf of", "?statement cq:onBehalfOf ?value .", shown=False),
    Facet("article", "Article", "?statement cq:statedIn ?value .", shown=False),
)
COMPUTED_FACETS = ("side", "topic", "date", "hand", "support")
"""Facets whose values are not the values of a single property."""


@dataclass(frozen=True)
class ChosenValue:
    """A chosen facet value: as the URL spells it, as a SPARQL term, and as a plain value."""

    facet: Facet
    spelled: str
    term: str
    value: str


def chosen_values(parameters: Parameters) -> list[ChosenValue]:
    """Return the facet values of a request. Raises HttpError 400 if there are too many, or one is not an IRI."""
    # A value that is given twice would count twice against the bounds.
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
    return value if facet.prefix is not None and (":" in short or not short) else short


def statement_patterns(chosen: list[ChosenValue], words: Iterable[Sequence[str]]) -> str:
    """Return the pattern that binds `?statement` to those with a chosen value of each chosen facet, and all words."""
    terms_by_facet: dict[Facet, list[str]] = {}
    for value in chosen:
        terms_by_facet.setdefault(value.facet, []).append(value.term)
    by_facet = (_facet_pattern(number, facet, terms) for number, (facet, terms) in enumerate(terms_by_facet.items()))
    return "\n  ".join(("?statement a cq:Statement .", *by_facet, *_word_patterns(words)))


def counts_query(pattern: str) -> str:
    """Return the query that counts the statements per facet value, and in all."""
    simple = " ".join(f"cq:{facet.name}" for facet in FACETS if facet.shown and facet.name not in COMPUTED_FACETS)
    own = "".join(
        f'\n  UNION {{ ?statement a cq:Statement . {facet.pattern} BIND("{facet.name}" AS ?facet) }}'
        for facet in FACETS
        if facet.name in COMPUTED_FACETS
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


PREFIXES = """PREFIX cq: <https://w3id.org/communique/ontology#>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX polarity: <https://w3id.org/communique/scheme/polarity/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""


def _chosen_value(facet: Facet, spelled: str) -> ChosenValue:
    if facet.prefix is None:
        return ChosenValue(facet, spelled, literal_in_query(spelled), spelled)
    value = spelled if ":" in spelled else f"{facet.prefix or site().base}{spelled}"
    if not is_usable_iri(value):
        raise invalid_parameter(facet.name, spelled, "an IRI, or what follows its base")
    return ChosenValue(facet, spelled, f"<{value}>", value)


def _facet_pattern(number: int, facet: Facet, terms: list[str]) -> str:
    """Return a facet's pattern with numbered variables, so that two facets do not share any."""
    pattern = facet.pattern
    for variable in ("value", "participation", "said", "passing"):
        pattern = pattern.replace(f"?{variable}", f"?{variable}{number}")
    return f"{pattern} FILTER(?value{number} IN ({', '.join(terms)}))"


def _word_patterns(words: Iterable[Sequence[str]]) -> Iterator[str]:
    for number, spellings in enumerate(words):
        if not number:
            yield "?statement cq:gist ?words ."
        yield (
            f"FILTER({_has('?words', spellings)} || EXISTS {{ ?statement cq:sourceInChain|cq:about ?named . "
            f"?named cq:name|cq:alias|skos:prefLabel ?label FILTER({_has('?label', spellings)}) }})"
        )


def _has(variable: str, spellings: Sequence[str]) -> str:
    """Return the test of whether a word of a variable begins with any of these spellings."""
    starts = (literal_in_query(f" {spelling}") for spelling in spellings)
    return " || ".join(f"CONTAINS({_folded(variable)}, {start})" for start in starts)


def _folded(variable: str) -> str:
    """Return in SPARQL what `fold` returns."""
    words = f'REPLACE(REPLACE(LCASE(STR({variable})), "[.]", ""), "[^\\\\p{{L}}\\\\p{{N}}]+", " ")'
    return f'CONCAT(" ", {words})'
