"""The facets of statements: the table that the index's columns, the page's boxes and its queries are made from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from rdflib import SKOS

from kg.namespaces import SCHEME
from server.search.property_columns import Columns
from server.search.record_paths import CLASS, Path, name_in_query, path
from server.search.statement_support import SUPPORT_PATHS, support_of_statements, support_pattern
from server.search.tsv_cells import text

ByStatement = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class FacetValues:
    """The values that statements have for a facet, as cells: as a pattern of SPARQL, and over columns.

    They are read from `paths`. `pattern` binds a variable to the values of `?statement`; `of_statements` returns those
    of the given statements, and perhaps of others.
    """

    paths: tuple[Path, ...]
    pattern: Callable[[str], str]
    of_statements: Callable[[Columns, Collection[str]], ByStatement]
    of_property: str = ""
    """The property, if the values are all of its values."""


def _triple(name: str, variable: str) -> str:
    return f"?statement {name_in_query(name)} {variable} ."


def _all(name: str) -> FacetValues:
    return FacetValues((path(name),), partial(_triple, name), lambda columns, _: columns[name], name)


def _members(name: str, of_class: str) -> FacetValues:
    """Return the values of a property that are members of a class."""

    def of_statements(columns: Columns, _: Collection[str]) -> ByStatement:
        members = {*columns.members(of_class)}
        return {cell: [value for value in values if value in members] for cell, values in columns[name].items()}

    return FacetValues(
        (path(name), path(name, CLASS + of_class)),
        lambda variable: f"{_triple(name, variable)} {variable} a {name_in_query(of_class)} .",
        of_statements,
    )


def _sides(name: str) -> FacetValues:
    """Return the values of a property that are sides of a conflict."""

    def of_statements(columns: Columns, _: Collection[str]) -> ByStatement:
        sides = columns.sides
        return {cell: [side for side in values if side in sides] for cell, values in columns[name].items()}

    return FacetValues(
        (path(name),),
        lambda variable: f"{_triple(name, variable)} FILTER EXISTS {{ ?participation cq:side {variable} }}",
        of_statements,
    )


def _days(name: str) -> FacetValues:
    """Return the days of the moments of a property."""

    def pattern(variable: str) -> str:
        moment = f"{variable}_moment"
        return f"{_triple(name, moment)} BIND(SUBSTR(STR({moment}), 1, 10) AS {variable})"

    def of_statements(columns: Columns, _: Collection[str]) -> ByStatement:
        return {cell: [f'"{text(moment)[:10]}"' for moment in values] for cell, values in columns[name].items()}

    return FacetValues((path(name),), pattern, of_statements)


def _either(name: str, present: str, absent: str) -> FacetValues:
    """Return one literal for statements with a value of a property, and another for those without."""

    def of_statements(columns: Columns, statements: Collection[str]) -> ByStatement:
        column = columns[name]
        return {cell: [present if cell in column else absent] for cell in statements}

    return FacetValues(
        (path(name),),
        lambda variable: f"BIND(IF(EXISTS {{ {_triple(name, '?any')} }}, {present}, {absent}) AS {variable})",
        of_statements,
    )


@dataclass(frozen=True)
class Facet:
    """A facet: its parameter, its heading and its values.

    `prefix` is the part of a value's IRI that URLs omit; None if the values are not IRIs.
    """

    name: str
    title: str
    values: FacetValues
    prefix: str | None = ""
    shown: bool = True

    @property
    def is_property(self) -> bool:
        """Return whether the values are those of the property with the facet's name."""
        return self.values.of_property == self.name


OF_SUPPORT = FacetValues(SUPPORT_PATHS, support_pattern, support_of_statements)
SUPPORT = Facet("support", "Sources that say so", OF_SUPPORT, None)
FACETS = (
    Facet("source", "Source", _all("source")),
    Facet("about", "About", _all("about")),
    # What the article itself passes on is at first hand, by the definition of the property.
    Facet(
        "hand",
        "At first hand, or by another's word",
        _either("byWordOf", '"second hand"', '"first hand"'),
        None,
    ),
    # As the statement's own article states it: someone who has changed sides does not speak for the earlier one.
    Facet("side", "Side of the source", _sides("sourceSide")),
    Facet("act", "Act", _all("act"), f"{SCHEME}act/"),
    Facet("certainty", "Certainty", _all("certainty"), f"{SCHEME}certainty/"),
    Facet("polarity", "What is put forward", _all("polarity"), f"{SCHEME}polarity/"),
    Facet("topic", "Topic", _members("about", str(SKOS.Concept))),
    Facet("occasion", "Occasion", _all("occasion")),
    Facet("date", "Said on", _days("saidEarliest"), None),
    SUPPORT,
    Facet("form", "Form", _all("form"), f"{SCHEME}form/"),
    Facet("sourceKind", "Kind of source", _all("sourceKind"), f"{SCHEME}source/"),
    Facet("addressee", "Said to", _all("addressee"), shown=False),
    Facet("onBehalfOf", "On behalf of", _all("onBehalfOf"), shown=False),
    Facet("article", "Article", _all("statedIn"), shown=False),
)
