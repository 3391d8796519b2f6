"""The facets of statements: which values each may have, and the patterns that they stand for in a query.

An address holds a value of ours without its base (`source=person/…`, `act=accuse`); a whole IRI is understood too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.namespaces import SCHEME
from server.http.errors import HttpError, shown
from server.http.parameters import Parameters
from server.pages.page_terms import literal, usable
from server.site import site

MOST_WORDS = 8
MOST_VALUES, MOST_CHOSEN = 8, 16
"""Values that may be asked for of one facet, and of all: each adds a pattern to the query and a link to the page."""


@dataclass(frozen=True)
class Facet:
    """A facet: its parameter, its heading, the pattern that binds `?value` to a statement, and where its values are.

    `prefix` is what an address leaves out of a value; None for values that are no IRIs.
    """

    name: str
    title: str
    pattern: str
    prefix: str | None = ""
    shown: bool = True


FACETS = (
    Facet("source", "Source", "?statement cq:source ?value ."),
    Facet("sourceKind", "Kind of source", "?statement cq:sourceKind ?value .", f"{SCHEME}source/"),
    Facet(
        "side",
        "Side of the source",
        "?statement cq:source ?who . ?who (cq:affiliatedWith|cq:memberOf)? ?value . "
        "FILTER EXISTS { ?participation cq:side ?value }",
    ),
    Facet("about", "About", "?statement cq:about ?value ."),
    Facet("topic", "Topic", "?statement cq:about ?value . ?value a skos:Concept ."),
    Facet("act", "Act", "?statement cq:act ?value .", f"{SCHEME}act/"),
    Facet("certainty", "Certainty", "?statement cq:certainty ?value .", f"{SCHEME}certainty/"),
    Facet("polarity", "Polarity", "?statement cq:polarity ?value .", f"{SCHEME}polarity/"),
    Facet("form", "Form", "?statement cq:form ?value .", f"{SCHEME}form/"),
    Facet("occasion", "Occasion", "?statement cq:occasion ?value ."),
    Facet(
        "date",
        "Said on",
        "?statement cq:saidEarliest ?said . BIND(SUBSTR(STR(?said), 1, 10) AS ?value)",
        None,
    ),
    Facet(
        "hand",
        "First or second hand",
        'BIND(IF(EXISTS { ?passing cq:relays ?statement }, "second hand", "first hand") AS ?value)',
        None,
    ),
    Facet("addressee", "Said to", "?statement cq:addressee ?value .", shown=False),
    Facet("onBehalfOf", "On behalf of", "?statement cq:onBehalfOf ?value .", shown=False),
    Facet("article", "Article", "?statement cq:statedIn ?value .", shown=False),
)
OWN = ("side", "topic", "date", "hand")
"""Facets that are not simply a property of the statement."""


@dataclass(frozen=True)
class Chosen:
    """A value that was asked for: its facet, how the address spells it, and the term that a query needs."""

    facet: Facet
    spelled: str
    term: str
    value: str


def chosen(parameters: Parameters) -> list[Chosen]:
    """Return the values that a request asks for; 400 where one is no IRI and must be."""
    spelled = {facet: [*dict.fromkeys(filter(None, parameters.many(facet.name)))] for facet in FACETS}
    for facet, values in spelled.items():
        if len(values) > MOST_VALUES:
            raise HttpError(
                400, f"The parameter '{facet.name}' has {len(values)} values: expected {MOST_VALUES} at most."
            )
    number = sum(map(len, spelled.values()))
    if number > MOST_CHOSEN:
        raise HttpError(400, f"The facets have {number} values in all: expected {MOST_CHOSEN} at most.")
    return [_chosen(facet, each) for facet, values in spelled.items() for each in values]


def spelling(facet: Facet, value: str) -> str:
    """Return how an address spells a value."""
    start = site().base if facet.prefix == "" else facet.prefix
    short = value.removeprefix(start) if start else value
    return value if facet.prefix is not None and (":" in short or not short) else short


def patterns(asked: list[Chosen], words: str) -> str:
    """Return the pattern of the statements that fit all that was asked, as `?statement`."""
    return "\n  ".join(
        ("?statement a cq:Statement .", *(_fitted(n, each) for n, each in enumerate(asked)), *_said(words))
    )


def words_of(asked: str) -> list[str]:
    """Return the words that are looked for."""
    return asked.lower().split()[:MOST_WORDS]


def counting(pattern: str) -> str:
    """Return the query for how many of the statements have each value of each facet, and how many there are."""
    simple = " ".join(f"cq:{facet.name}" for facet in FACETS if facet.shown and facet.name not in OWN)
    own = "".join(
        f'\n  UNION {{ ?statement a cq:Statement . {facet.pattern} BIND("{facet.name}" AS ?facet) }}'
        for facet in FACETS
        if facet.name in OWN
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
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""


def _chosen(facet: Facet, spelled: str) -> Chosen:
    if facet.prefix is None:
        return Chosen(facet, spelled, literal(spelled), spelled)
    value = spelled if ":" in spelled else f"{facet.prefix or site().base}{spelled}"
    if not usable(value):
        raise HttpError(
            400, f"The parameter '{facet.name}' is '{shown(spelled)}': expected an IRI, or what follows its base."
        )
    return Chosen(facet, spelled, f"<{value}>", value)


def _fitted(number: int, asked: Chosen) -> str:
    """Return a facet's pattern with its variables its own, so that two of one facet do not meet."""
    pattern = asked.facet.pattern
    for variable in ("value", "who", "participation", "said", "passing"):
        pattern = pattern.replace(f"?{variable}", f"?{variable}{number}")
    return f"{pattern} FILTER(?value{number} = {asked.term})"


def _said(words: str) -> Iterator[str]:
    for number, word in enumerate(words_of(words)):
        quoted = literal(word)
        if not number:
            yield "?statement cq:gist ?words ."
        yield (
            f"FILTER(CONTAINS(LCASE(STR(?words)), {quoted}) || EXISTS {{ ?statement cq:sourceInChain|cq:about ?named . "
            f"?named cq:name|cq:alias|skos:prefLabel ?label FILTER(CONTAINS(LCASE(STR(?label)), {quoted})) }})"
        )
