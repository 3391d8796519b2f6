"""How often the graph uses each term of the ontology, up to a number, and an example of each: asked term by term.

Counting every triple takes a time that grows with the corpus; an engine that may stop after so many does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rdflib import OWL, RDF

from kg.dataset import GraphNames
from kg.store.interfaces import Version
from server.pages.page_queries import query
from server.pages.page_terms import Row, Term
from server.pages.select_rows import solutions
from server.site import site

MOST = 500
"""Uses up to which a number is exact."""
USES = {
    str(OWL.Class): "?one a {term}",
    str(OWL.ObjectProperty): "?one {term} ?any",
    str(OWL.DatatypeProperty): "?one {term} ?any",
    "concept": "?one ?property {term}",
}
"""What it is to use a term of a kind."""
AT_ONCE = 40
"""Terms that one query asks about: a query may not nest as deep as all of them would."""
VALUED = {str(OWL.ObjectProperty), str(OWL.DatatypeProperty)}
"""Kinds whose examples have a value."""


@dataclass(frozen=True)
class Use:
    """How often a term is used, the subject of one use, and its value where the term is a property."""

    number: int
    example: Term
    value: Term | None

    @property
    def words(self) -> str:
        """Return the number in words."""
        return f"more than {MOST:,}" if self.number > MOST else f"{self.number:,}"


def uses(version: Version) -> dict[str, Use]:
    """Return the uses of the terms that a version's ontology defines and its graph uses; asked once a version."""
    found: dict[str, Use] = site().once("terms in use", version, lambda: _uses(version))
    return found


def _uses(version: Version) -> dict[str, Use]:
    terms = [*_terms(version)]
    asked = (terms[start : start + AT_ONCE] for start in range(0, len(terms), AT_ONCE))
    rows = [row for some in asked for row in solutions(_together(some), version)]
    values = _values(rows, {term for term, kind in terms if kind in VALUED}, version)
    return {
        row["term"].value: Use(int(row["number"].value), row["example"], values.get(row["term"].value)) for row in rows
    }


def _together(terms: list[tuple[str, str]]) -> str:
    return f"SELECT * {{ {' UNION '.join(_branch(term, kind) for term, kind in terms)} }}"


def _values(rows: list[Row], properties: set[str], version: Version) -> dict[str, Term]:
    """Return the least value that each property's example has."""
    pairs = " ".join(
        f"({row['term'].sparql} {row['example'].sparql})" for row in rows if row["term"].sparql in properties
    )
    text = (
        f"SELECT ?term ?value {{ VALUES (?term ?example) {{ {pairs} }} ?example ?term ?value }} ORDER BY DESC(?value)"
    )
    return {row["term"].value: row["value"] for row in solutions(text, version)}


def _terms(version: Version) -> Iterator[tuple[str, str]]:
    """Yield each term, as a query spells it, and its kind."""
    graph = f"<{GraphNames(site().base).ontology}>"
    for row in solutions(query("ontology-terms", ontology=graph)[1], version):
        if row["property"].value == str(RDF.type) and row["value"].value in USES:
            yield row["term"].sparql, row["value"].value
    for row in solutions(query("ontology-schemes", ontology=graph)[1], version):
        yield row["concept"].sparql, "concept"


def _branch(term: str, kind: str) -> str:
    some = f"{{ SELECT ?one {{ {USES[kind].format(term=term)} }} LIMIT {MOST + 1} }}"
    counted = f"{{ SELECT (COUNT(?one) AS ?number) (MIN(?one) AS ?example) {{ {some} }} }}"
    return f"{{ {counted} FILTER(?number > 0) BIND({term} AS ?term) }}"
