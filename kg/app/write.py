"""The use case `write`: makes a valid edit of the store its current version, together with what follows from it.

The cost of a write depends on what it changes, not on the size of the store: inference starts from the triples added
and removed, and validation only examines the nodes that these affect. If the store was built with another ontology (of
an older program), inference and validation run once on the whole dataset, and this is logged.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from kg.app.asserted_triples import AssertedTriples
from kg.app.infer import infer_incrementally
from kg.app.schema import Schema, read_schema
from kg.app.validate import require_conforming, require_well_typed
from kg.app.write_provenance import record_write, same_ontology, software_version
from kg.datasets import GraphNames, Owner
from kg.reasoning.graph_reasoner import infer_all
from kg.store import EmbeddedStore, Transaction, Version
from kg.validation.shacl_validator import load_pyshacl, validate

Edit = Callable[[Transaction], None]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WriteTurn:
    """How many seconds a write waits for other writers, and a function to call before it publishes its version.

    If `before_publishing` raises an error, the store is unchanged.
    """

    wait: float = 60
    before_publishing: Callable[[], None] = lambda: None


DEFAULT_TURN = WriteTurn()


def write_plain(store: EmbeddedStore, edit: Edit, note: str, turn: WriteTurn = DEFAULT_TURN) -> Version:
    """Make an edit the current version without inference and validation."""
    with store.write(turn.wait) as transaction:
        edit(transaction)
        turn.before_publishing()
        return transaction.commit(note)


def write_validated(  # noqa: PLR0913, PLR0917 -- the store, what it is checked by, and what is done to it
    store: EmbeddedStore, names: GraphNames, schema: Schema, edit: Edit, note: str, turn: WriteTurn = DEFAULT_TURN
) -> Version:
    """Make an edit the current version, with what follows from it; if it is invalid, nothing changes.

    Raises IllTypedLiteralError, ContradictionError, ShapesViolatedError or UnsupportedAxiomError if it is invalid.
    """
    with store.write(turn.wait) as transaction:
        edit(transaction)
        infer_and_validate(transaction, names, schema)
        # The same time for both, so that the provenance and the record of the version agree.
        time = datetime.now(UTC)
        record_write(transaction, names, note, time)
        # At the end, since nothing may end the process from here on: see `kg.writer.writer`.
        turn.before_publishing()
        return transaction.commit(note, f"{time:%Y-%m-%dT%H:%M:%SZ}")


class Committer:
    """Commits edits of one store: checked against the schema, which is read once, or unchecked in a plain store."""

    def __init__(self, store: EmbeddedStore, names: GraphNames | None) -> None:
        self._store, self._names = store, names
        self._schema = cache(read_schema)

    def commit(self, edit: Edit, note: str, turn: WriteTurn = DEFAULT_TURN) -> Version:
        """Make an edit the current version; if it raises an error, the store is unchanged."""
        if self._names is None:
            return write_plain(self._store, edit, note, turn)
        return write_validated(self._store, self._names, self._schema(), edit, note, turn)

    def load_schema(self) -> None:
        """Read the schema, compile its shapes and rules and import pySHACL now, rather than during the first write."""
        if self._names is not None:
            load_pyshacl()
            self._schema().change_validator.compile()
            _ = self._schema().reasoner, software_version()


def infer_and_validate(transaction: Transaction, names: GraphNames, schema: Schema) -> None:
    """Run inference and validation on a transaction's changes. Raises as `write_validated` does."""
    # Before inference, which works on values and would not notice that a literal has none.
    require_well_typed(triple for change in transaction.changes().values() for triple in change.added)
    bring_up_to_date = apply_incrementally if same_ontology(transaction, names, schema) else rebuild
    bring_up_to_date(transaction, names, schema)


def apply_incrementally(transaction: Transaction, names: GraphNames, schema: Schema) -> None:
    """Run inference and validation on a transaction's changes only, relying on the previous version."""
    change, _ = infer_incrementally(transaction, names, schema)
    before, after = AssertedTriples(transaction, names, before=True), AssertedTriples(transaction, names)
    require_conforming(schema.change_validator.report(change.triples, before, after))


def rebuild(transaction: Transaction, names: GraphNames, schema: Schema) -> None:
    """Run inference and validation on everything in the store after the edit."""
    log.warning(
        "The store was built with an ontology other than this program's: everything is inferred and validated again."
    )
    asserted = AssertedTriples(transaction, names).graph()
    require_well_typed(asserted)
    inferred = infer_all(schema.reasoner, asserted)
    require_conforming(validate(asserted, schema.shapes, schema.ontology))
    transaction.replace_graph(names.inferred, inferred, Owner.SYSTEM)
