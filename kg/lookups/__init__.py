"""Lookups in a store for tools and programs: statements with their chains and passages, meetings, accounts, names."""

from kg.lookups.citation import cite
from kg.lookups.distributions import DCAT, Fixity, distribution_triples, file_description, fixity
from kg.lookups.lookup_records import CitedPassage, Named, StatementRecord, Telling
from kg.lookups.schema_org import embedded_node
from kg.lookups.statements import statements_by_iri
from kg.lookups.tables import tables
from kg.lookups.thing_documents import export_things
from kg.lookups.things import accounts, describe, find, meetings, statements
from kg.lookups.values import Values

__all__ = [
    "DCAT",
    "CitedPassage",
    "Fixity",
    "Named",
    "StatementRecord",
    "Telling",
    "Values",
    "accounts",
    "cite",
    "describe",
    "distribution_triples",
    "embedded_node",
    "export_things",
    "file_description",
    "find",
    "fixity",
    "meetings",
    "statements",
    "statements_by_iri",
    "tables",
]
