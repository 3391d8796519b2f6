"""The facets of statements: the table of which the index's columns, the page's boxes and its queries are made."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from rdflib import SKOS

from kg.namespaces import SCHEME
from server.search.property_columns import Columns
from server.search.read_paths import CLASS, Path, name_in_query, path
from server.search.statement_support import Support
from server.search.tsv_cells import text


class FacetValues(Protocol):
    """What values statements have of a facet: as a pattern of SPARQL, and over columns."""

    @property
    def paths(self) -> tuple[Path, ...]:
        """Return what the values are read from."""

    def pattern(self, variable: str) -> str:
        """Return the pattern that binds a variable to the values of `?statement`."""

    def of_statements(self, columns: Columns, statements: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Return the values of these statements, and of others, by statement."""


@dataclass(frozen=True)
class PropertyValues:
    """The values of a property."""

    name: str

    @property
    def paths(self) -> tuple[Path, ...]:
        """Return what the values are read from."""
        return (path(self.name),)

    def pattern(self, variable: str) -> str:
        """Return the pattern that binds a variable to the values of `?statement`."""
        return f"?statement {name_in_query(self.name)} {variable} ."

    def of_statements(self, columns: Columns, _: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Return the values by statement."""
        return columns[self.name]


@dataclass(frozen=True)
class Members(PropertyValues):
    """The values of a property that are members of a class."""

    of_class: str

    @property
    def paths(self) -> tuple[Path, ...]:
        """Return what the values are read from."""
        return (*super().paths, path(self.name, CLASS + self.of_class))

    def pattern(self, variable: str) -> str:
        """Return the pattern that binds a variable to the values of `?statement`."""
        return f"{super().pattern(variable)} {variable} a {name_in_query(self.of_class)} ."

    def of_statements(self, columns: Columns, _: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Return the values by statement."""
        members = {*columns.members(self.of_class)}
        return {cell: [value for value in values if value in members] for cell, values in columns[self.name].items()}


@dataclass(frozen=True)
class Sides(PropertyValues):
    """The values of a property that are a side in a conflict."""

    def pattern(self, variable: str) -> str:
        """Return the pattern that binds a variable to the values of `?statement`."""
        return f"{super().pattern(variable)} FILTER EXISTS {{ ?participation cq:side {variable} }}"

    def of_statements(self, columns: Columns, _: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Return the values by statement."""
        sides = columns.sides
        return {cell: [side for side in values if side in sides] for cell, values in columns[self.name].items()}


@dataclass(frozen=True)
class Days(PropertyValues):
    """The days of the moments that a property has."""

    def pattern(self, variable: str) -> str:
        """Return the pattern that binds a variable to the values of `?statement`."""
        moments = super().pattern(f"{variable}_moment")
        return f"{moments} BIND(SUBSTR(STR({variable}_moment), 1, 10) AS {variable})"

    def of_statements(self, columns: Columns, _: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Return the values by statement."""
        return {cell: [f'"{text(moment)[:10]}"' for moment in values] for cell, values in columns[self.name].items()}


@dataclass(frozen=True)
class Either(PropertyValues):
    """One literal where there is a value of a property, and another one where there is none."""

    present: str
    absent: str

    def pattern(self, variable: str) -> str:
        """Return the pattern that binds a variable to the value of `?statement`."""
        return f"BIND(IF(EXISTS {{ {super().pattern('?any')} }}, {self.present}, {self.absent}) AS {variable})"

    def of_statements(self, columns: Columns, statements: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Return the values by statement."""
        column = columns[self.name]
        return {cell: [self.present if cell in column else self.absent] for cell in statements}


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
        """Return whether the values are those of the property of its name."""
        return self.values == PropertyValues(self.name)


SUPPORT = Facet("support", "Sources that say so", Support(), None)
FACETS = (
    Facet("source", "Source", PropertyValues("source")),
    Facet("about", "About", PropertyValues("about")),
    # What the article's own voice passes on is at first hand, by the definition of the property.
    Facet(
        "hand",
        "At first hand, or by another's word",
        Either("byWordOf", '"second hand"', '"first hand"'),
        None,
    ),
    # By what the statement's own article tells: somebody who has changed sides speaks for none of the earlier one.
    Facet("side", "Side of the source", Sides("sourceSide")),
    Facet("act", "Act", PropertyValues("act"), f"{SCHEME}act/"),
    Facet("certainty", "Certainty", PropertyValues("certainty"), f"{SCHEME}certainty/"),
    Facet("polarity", "What is put forward", PropertyValues("polarity"), f"{SCHEME}polarity/"),
    Facet("topic", "Topic", Members("about", str(SKOS.Concept))),
    Facet("occasion", "Occasion", PropertyValues("occasion")),
    Facet("date", "Said on", Days("saidEarliest"), None),
    SUPPORT,
    Facet("form", "Form", PropertyValues("form"), f"{SCHEME}form/"),
    Facet("sourceKind", "Kind of source", PropertyValues("sourceKind"), f"{SCHEME}source/"),
    Facet("addressee", "Said to", PropertyValues("addressee"), shown=False),
    Facet("onBehalfOf", "On behalf of", PropertyValues("onBehalfOf"), shown=False),
    Facet("article", "Article", PropertyValues("statedIn"), shown=False),
)
