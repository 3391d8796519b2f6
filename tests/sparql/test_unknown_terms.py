"""What is said of names in a query that no vocabulary has."""

from __future__ import annotations

from kg.namespaces import ONTOLOGY
from kg.sparql.unknown_terms import MAX_NAMES, unknown_terms

PREFIX = f"PREFIX cq: <{ONTOLOGY}>"


def test_of_many_unknown_names_the_first_have_sentences_and_the_rest_are_counted() -> None:
    values = " ".join(f"cq:name{number} cq:name" for number in range(MAX_NAMES + 1234))
    sentences = unknown_terms(
        f"{PREFIX} SELECT * {{ VALUES ?p {{ {values} }} }}", {f"{ONTOLOGY}name"}, {"cq": ONTOLOGY}
    )
    assert sentences == [
        *(f"cq:name{number} is not a term of the ontology or of its schemes: cq:name?" for number in range(MAX_NAMES)),
        "1,234 more names are not terms of them either.",
    ]
