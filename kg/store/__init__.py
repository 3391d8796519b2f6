"""The store: immutable versions of the dataset, and queries over them."""

from kg.sparql.protocol import Query, QueryForm, RequestDataset
from kg.sparql.query_request import declarations_before, undeclared
from kg.store.answers import check_query
from kg.store.embedded import EmbeddedStore, names_of, open_store
from kg.store.immediate_answers import ImmediateAnswers
from kg.store.interfaces import Answer, Store, Triple, Version
from kg.store.payload_limits import PayloadLimits
from kg.store.rdf_parser import ParsedGraph, read_dataset, read_graph
from kg.store.serialization import as_stored, whole_lines
from kg.store.transaction import Transaction
from kg.store.version_changes import VersionChanges, changes_since, versions_of_same_facts

__all__ = [
    "Answer",
    "EmbeddedStore",
    "ImmediateAnswers",
    "ParsedGraph",
    "PayloadLimits",
    "Query",
    "QueryForm",
    "RequestDataset",
    "Store",
    "Transaction",
    "Triple",
    "Version",
    "VersionChanges",
    "as_stored",
    "changes_since",
    "check_query",
    "declarations_before",
    "names_of",
    "open_store",
    "read_dataset",
    "read_graph",
    "undeclared",
    "versions_of_same_facts",
    "whole_lines",
]
