"""The faults that `kg check` finds in a document, by item."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from kg.app.builds.check import check
from kg.errors import CommuniqueError, MappingError
from kg.mapping.documents.yaml_document import load_document
from kg.review.review_items import located_items

PLACE = re.compile(r"(?P<section>\w+)(?:\[(?P<index>[0-9]+)\])?(?:\.(?P<key>.*))?")


@dataclass(frozen=True)
class ItemFault:
    """A fault in plain words, with its item, empty if it is in none, and the key in it."""

    item: str
    key: str
    sentence: str


def document_faults(file: Path, sources: Path | None) -> list[ItemFault]:
    """Return what a build would refuse in a document, by item, including shape violations and contradictions."""
    try:
        report = check(file, sources)
        copy = report.copies.get(load_document(file).value_of("article"))
    except MappingError as error:
        problems = error.problems
    except CommuniqueError as error:
        return [ItemFault("", "", str(error))]
    else:
        # Not a fault to `kg check`, which lists the passages, but a build refuses it.
        if copy is None or copy.same:
            return []
        name = copy.text.file.name
        sentence = f"The text in {name} has changed since it was mapped: of the passages {copy.summary()}."
        return [ItemFault("", "", f"{sentence} Restore it, or anchor the document anew.")]
    try:
        items = {(item.section, item.index): item.key for item in located_items(load_document(file)).values()}
    except MappingError:
        items = {}
    faults = []
    for problem in problems:
        is_here = problem.location.file.resolve() == file.resolve()
        match = PLACE.match(problem.location.key) if is_here else None
        item = items.get((match["section"], int(match["index"] or 0)), "") if match else ""
        where = "" if is_here else f"In {problem.location.file.name}: "
        key = (match["key"] or "") if match and item else problem.location.key
        faults.append(ItemFault(item, key, where + problem.message))
    return faults
