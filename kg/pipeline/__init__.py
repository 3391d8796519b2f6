"""The rooms joined: from mapping documents to a new version of the store, and what the command line asks on the way."""

from __future__ import annotations

from kg.pipeline.build import Built, build, checked, read
from kg.pipeline.corpus import Assembled, Knowledge, assemble, corpus_file, knowledge
from kg.pipeline.exporting import exported
from kg.pipeline.reasoning import How, inferred
from kg.pipeline.stores import SiteFacts, open_store, site_facts, store_for
from kg.pipeline.upkeep import Inspection, inspected, restored

__all__ = [
    "Assembled",
    "Built",
    "How",
    "Inspection",
    "Knowledge",
    "SiteFacts",
    "assemble",
    "build",
    "checked",
    "corpus_file",
    "exported",
    "inferred",
    "inspected",
    "knowledge",
    "open_store",
    "read",
    "restored",
    "site_facts",
    "store_for",
]
