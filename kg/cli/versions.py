"""`kg versions`: lists the versions that a store keeps."""

from __future__ import annotations

from kg.cli.command import command
from kg.cli.options import json_option, readable_store_option
from kg.cli.output import show_table, write_json
from kg.engines import StorePlace
from kg.store import Store, Version


@command("List the versions of a store.", ["kg versions --store ./store", "kg versions --json"])
@readable_store_option
@json_option
def versions(store: Store, place: StorePlace, *, as_json: bool) -> None:
    """List the versions that the store keeps, oldest first; the current one is marked.

    Another engine has only the current version, named by a digest of its graphs.
    """
    del place
    current = store.current().name
    if as_json:
        write_json([_as_json(version, current=version.name == current) for version in store.versions()])
        return
    rows = [
        [version.name, version.created, f"{version.default:,}", version.note, "current" * (version.name == current)]
        for version in store.versions()
    ]
    show_table(["version", "created", "triples", "note", ""], rows, right=frozenset({"triples"}))


def _as_json(version: Version, *, current: bool) -> dict[str, object]:
    return {
        "version": version.name,
        "created": version.created or None,
        "triples": version.default,
        "note": version.note,
        "graphs": dict(version.counts),
        "changed": list(version.changed),
        "current": current,
    }
