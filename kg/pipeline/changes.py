"""Changing a store: an edit inside a transaction, and what is done before it becomes the current version."""

from __future__ import annotations

from collections.abc import Callable

from kg.store import Transaction, Version, WritableStore

Edit = Callable[[Transaction], None]


def change_plainly(store: WritableStore, edit: Edit, note: str) -> Version:
    """Make an edit the current version as it is: nothing is inferred and nothing validated."""
    with store.write() as transaction:
        edit(transaction)
        return transaction.commit(note)
