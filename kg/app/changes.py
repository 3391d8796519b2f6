"""Changing a store: an edit inside a transaction, and what is done before it becomes the current version.

A write costs what it changes, not what the store holds: inference goes on from the triples that came and went, and
validation looks at what these affect. Where the store was inferred by another ontology (an older program's), the
whole is inferred and validated once, and that is logged.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from kg.app.asserted import Asserted, Moved
from kg.app.corpus import Knowledge
from kg.app.recording import in_step, record
from kg.app.verdict import must_be_well_typed, must_conform
from kg.dataset import GraphNames, Owner
from kg.reasoning import infer_all, infer_change
from kg.store import Transaction, Triple, Version, WritableStore
from kg.store.interfaces import Pattern
from kg.validation import validate

Edit = Callable[[Transaction], None]
log = logging.getLogger(__name__)


def nothing() -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Turn:
    """How many seconds a write waits for other writers, and who is told before it publishes.

    A version is made after `publishing` has returned; raising there leaves everything as it was.
    """

    wait: float = 60
    publishing: Callable[[], None] = nothing


ALONE = Turn()


def change_plainly(store: WritableStore, edit: Edit, note: str, turn: Turn = ALONE) -> Version:
    """Make an edit the current version as it is: nothing is inferred and nothing validated."""
    with store.write(turn.wait) as transaction:
        edit(transaction)
        turn.publishing()
        return transaction.commit(note)


def change_checked(  # noqa: PLR0913, PLR0917 -- the store, what it is checked by, and what is done to it
    store: WritableStore, names: GraphNames, known: Knowledge, edit: Edit, note: str, turn: Turn = ALONE
) -> Version:
    """Make an edit the current version, with what follows from it; nothing has changed where it cannot be.

    IllTypedLiteralError, ContradictionError, ShapesViolatedError and UnsupportedAxiomError say why not.
    """
    with store.write(turn.wait) as transaction:
        edit(transaction)
        must_be_well_typed(triple for change in transaction.changes().values() for triple in change.added)
        bring_in_step = follow if in_step(transaction, names, known) else start_over
        bring_in_step(transaction, names, known)
        time = datetime.now(UTC)
        record(transaction, names, note, time)
        turn.publishing()
        return transaction.commit(note, f"{time:%Y-%m-%dT%H:%M:%SZ}")


def follow(transaction: Transaction, names: GraphNames, known: Knowledge) -> None:
    """Infer and validate what a transaction has changed, on the ground that the version before it was right."""
    before, now = Asserted(transaction, names, before=True), Asserted(transaction, names)
    moved = Moved.between(before, now)

    def closure(pattern: Pattern) -> Iterator[Triple]:
        return transaction.find(pattern, before=True)

    effect = infer_change(known.reasoner, closure, now.__contains__, moved.added, moved.removed)
    transaction.remove(names.inferred, effect.removed, Owner.SYSTEM)
    transaction.add(names.inferred, effect.added, Owner.SYSTEM)
    must_conform(known.change_validator.report(moved.triples, before, now))


def start_over(transaction: Transaction, names: GraphNames, known: Knowledge) -> None:
    """Infer from and validate all that a transaction leaves."""
    log.warning("The store's ontology is not this program's: the whole is inferred from and validated for this write.")
    asserted = Asserted(transaction, names).graph()
    must_be_well_typed(asserted)
    entailed = infer_all(known.reasoner, asserted)
    must_conform(validate(asserted, known.shapes, known.ontology))
    transaction.replace_graph(names.inferred, entailed, Owner.SYSTEM)
