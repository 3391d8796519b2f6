"""The use cases: build, write, restore, explain and export, each joining the packages below."""

from __future__ import annotations

from kg.app.build import Built, build, checked, read
from kg.app.corpus import Assembled, Knowledge, assemble, corpus_file, knowledge
from kg.app.exporting import exported
from kg.app.reasoning import How, inferred
from kg.app.stores import SiteFacts, open_store, site_facts, store_for
from kg.app.upkeep import Inspection, inspected, restored

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
