"""Counts the uses of each ontology term, up to a limit, with an example of each.

The limit bounds the cost: counting every triple would take time in proportion to the corpus.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rdflib import OWL, RDF, SKOS

from kg.datasets import GraphNames
from kg.iterables import grouped, in_batches
from kg.namespaces import ONTOLOGY, SCHEME
from kg.store.interfaces import Version
from server.pages.queried_data.page_queries import rows_by
from server.pages.queried_data.select_queries import select_rows, solutions
from server.pages.terms.page_terms import PageTerm, Row
from server.site import once_per_version, site

MAX_EXACT_USES = 500
USE_PATTERNS = {
    str(OWL.Class): "?one a {term}",
    str(OWL.ObjectProperty): "?one {term} ?any",
    str(OWL.DatatypeProperty): "?one {term} ?any",
    "concept": "?one ?property {term}",
}
# A UNION of all terms would exceed the limit on nesting.
TERMS_PER_QUERY = 80
# The examples of these come with a value.
PROPERTY_CLASSES = {str(OWL.ObjectProperty), str(OWL.DatatypeProperty)}


@dataclass(frozen=True)
class TermUse:
    """The number of a term's uses, and the subject and (for a property) the value of one use."""

    number: int
    example: PageTerm
    value: PageTerm | None

    @property
    def words(self) -> str:
        """Return the number in words."""
        return f"more than {MAX_EXACT_USES:,}" if self.number > MAX_EXACT_USES else f"{self.number:,}"


@once_per_version
def term_uses(version: Version) -> dict[str, TermUse]:
    """Return the uses of the ontology's terms in a version."""
    terms = [*_terms(version)]
    rows = list[Row]()
    for batch in in_batches(terms, TERMS_PER_QUERY):
        rows += solutions(f"SELECT * {{ {' UNION '.join(_term_query(term, kind) for term, kind in batch)} }}", version)
    values = _values(rows, {term for term, kind in terms if kind in PROPERTY_CLASSES}, version)
    return {
        row["term"].value: TermUse(int(row["number"].value), row["example"], values.get(row["term"].value))
        for row in rows
    }


def class_properties(version: Version) -> dict[str, list[str]]:
    """Return the properties of the ontology that some instances of each class have, most frequent first."""
    rows = _counted_of_classes(version, "?property", "?one ?property ?any")
    return grouped((row["class"].value, row["property"].value) for row in rows)


def class_concepts(version: Version) -> dict[str, dict[str, list[str]]]:
    """Return the concepts that instances of each class have, by property of the ontology, most frequent first."""
    is_concept = f'STRSTARTS(STR(?concept), "{SCHEME}") || EXISTS {{ ?concept <{SKOS.inScheme}> ?scheme }}'
    pattern = f"?one ?property ?concept FILTER(isIRI(?concept) && ({is_concept}))"
    by_class = rows_by(_counted_of_classes(version, "?property ?concept", pattern), "class")
    return {
        kind: grouped((row["property"].value, row["concept"].value) for row in rows) for kind, rows in by_class.items()
    }


def _counted_of_classes(version: Version, variables: str, pattern: str) -> list[Row]:
    """Return what some instances of each class, `?one`, have by properties of the ontology, most frequent first."""
    parts = (
        f"{{ {{ SELECT {variables} (COUNT(*) AS ?number) {{ "
        f"{{ SELECT ?one {{ ?one a {term} }} LIMIT {MAX_EXACT_USES} }} {pattern} "
        f"}} GROUP BY {variables} }} BIND({term} AS ?class) }}"
        for term, kind in _terms(version)
        if kind == str(OWL.Class)
    )
    union = " UNION ".join(parts)
    rows = solutions(f"SELECT * {{ {union} }}", version) if union else []
    last = variables.rpartition("?")[2]
    ordered = sorted(rows, key=lambda row: (-int(row["number"].value), row[last].value))
    return [row for row in ordered if row["property"].value.startswith(ONTOLOGY)]


def _values(rows: list[Row], properties: set[str], version: Version) -> dict[str, PageTerm]:
    """Return the least value that each property's example has."""
    pairs = " ".join(
        f"({row['term'].sparql} {row['example'].sparql})" for row in rows if row["term"].sparql in properties
    )
    text = (
        f"SELECT ?term ?value {{ VALUES (?term ?example) {{ {pairs} }} ?example ?term ?value }} ORDER BY DESC(?value)"
    )
    # In descending order, so that the least value is written last and is kept.
    return {row["term"].value: row["value"] for row in solutions(text, version)}


def _terms(version: Version) -> Iterator[tuple[str, str]]:
    graph = f"<{GraphNames(site().base).ontology}>"
    for row in select_rows("ontology-terms", version, ontology=graph):
        if row["property"].value == str(RDF.type) and row["value"].value in USE_PATTERNS:
            yield row["term"].sparql, row["value"].value
    for row in select_rows("ontology-schemes", version, ontology=graph):
        yield row["concept"].sparql, "concept"


def _term_query(term: str, kind: str) -> str:
    # One more than is counted, to distinguish an exact number from one that is cut off.
    subjects = f"{{ SELECT ?one {{ {USE_PATTERNS[kind].format(term=term)} }} LIMIT {MAX_EXACT_USES + 1} }}"
    counted = f"{{ SELECT (COUNT(?one) AS ?number) (MIN(?one) AS ?example) {{ {subjects} }} }}"
    return f"{{ {counted} FILTER(?number > 0) BIND({term} AS ?term) }}"
