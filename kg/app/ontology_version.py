"""Whether a store was built with the ontology of this program."""

from __future__ import annotations

from rdflib import PROV

from kg.app.schema import read_schema
from kg.datasets import GraphNames
from kg.namespaces import CQ
from kg.store import Store
from kg.store.query_rows import select_rows


def built_with_another_ontology(store: Store, names: GraphNames) -> bool:
    """Tell whether the current version records another ontology; False if it records none, as a plain store does."""
    pattern = f"<{names.ontology}> <{PROV.wasDerivedFrom}> ?file . ?file <{CQ.digest}> ?digest"
    text = f"SELECT DISTINCT ?digest WHERE {{ GRAPH <{names.provenance}> {{ {pattern} }} }}"
    digests = {row["digest"] for row in select_rows(store, text)}
    return bool(digests) and digests != {file.digest for file in read_schema().ontology_files}
