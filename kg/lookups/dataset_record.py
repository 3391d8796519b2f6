"""What a store says of its dataset as a whole: title, licence, makers and version."""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import DCTERMS, PROV

from kg.lookups.property_values import Values

_QUERY = f"""SELECT ?dataset ?title ?licence ?creator WHERE {{ GRAPH ?provenance {{
  ?dataset a <{PROV.Collection}> ; <{DCTERMS.title}> ?title ; <{DCTERMS.license}> ?licence .
  ?dataset <{DCTERMS.creator}> ?creator
}} FILTER(STR(?provenance) = CONCAT(STR(?dataset), "graph/provenance")) }}"""


@dataclass(frozen=True)
class DatasetRecord:
    """A dataset by its IRI, the base of the corpus, in one version and with the time of that, if known."""

    iri: str
    title: str
    licence: str
    creator: str
    version: str
    created: str


def dataset_record(values: Values) -> DatasetRecord | None:
    """Return the dataset of a version, None if no corpus was built into the store."""
    rows, version = values.rows(_QUERY), values.store.version(values.version)
    if not rows:
        return None
    row = rows[0]
    return DatasetRecord(row["dataset"], row["title"], row["licence"], row["creator"], version.name, version.created)
