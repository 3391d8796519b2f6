"""A store that an earlier program has built is recognized."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from rdflib import Literal, URIRef

from kg.app.builds.build import build
from kg.app.write_provenance import built_with_another_ontology
from kg.datasets import GraphNames, Owner
from kg.namespaces import CQ
from kg.store import EmbeddedStore, Transaction
from tests.support.tiny_corpus import QUICKLY, TINY

NAMES = GraphNames("https://example.org/communique/")


def record_an_earlier_ontology(transaction: Transaction) -> None:
    records = [triple for triple in transaction.triples(NAMES.provenance) if triple[1] == URIRef(f"{CQ}digest")]
    transaction.remove(NAMES.provenance, records, Owner.SYSTEM)
    transaction.add(NAMES.provenance, [(s, p, Literal("0" * 64)) for s, p, _ in records], Owner.SYSTEM)


def test_a_store_of_an_earlier_ontology_is_told_apart(folder: Path) -> None:
    store = EmbeddedStore.open(folder, NAMES)
    assert not built_with_another_ontology(store, NAMES)
    build(TINY, partial(EmbeddedStore.open, folder), QUICKLY)
    assert not built_with_another_ontology(EmbeddedStore.open(folder, NAMES), NAMES)
    with store.write() as transaction:
        record_an_earlier_ontology(transaction)
        transaction.commit("an earlier program's build")
    assert built_with_another_ontology(store, NAMES)
