"""All names and gists of a version in lower case, for full-text search in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from rdflib import SKOS

from kg.namespaces import SCHEME
from server.search.property_columns import Columns
from server.search.tsv_cells import is_iri, text

LABEL_PROPERTIES = ("name", "alias", "gist", str(SKOS.prefLabel))


@dataclass(frozen=True, slots=True)
class Label:
    """A name or a gist: in lower case, as a cell, and with the cell of the thing that has it."""

    lower: str
    label: str
    thing: str


@dataclass(frozen=True)
class LabelIndex:
    """Every label, the shortest first."""

    known: Sequence[Label]

    def holding(self, words: str, max_labels: int) -> list[Label]:
        """Return the first labels that contain a text, given in lower case."""
        return [*islice((label for label in self.known if words in label.lower), max_labels)]


def read_labels(columns: Columns) -> LabelIndex:
    """Return the labels of a version: the results of the query `search`."""
    pairs = {
        (label, thing) for naming in LABEL_PROPERTIES for thing, labels in columns[naming].items() for label in labels
    }
    # Sorted length by length: one sort of a large corpus's labels would stall every other thread.
    by_length = defaultdict[int, list[Label]](list)
    for label, thing in pairs:
        if is_iri(thing) and not thing.startswith(f"<{SCHEME}"):
            lower = text(label).lower()
            by_length[len(lower)].append(Label(lower, label, thing))
    return LabelIndex([label for length in sorted(by_length) for label in sorted(by_length[length], key=_tie_order)])


def _tie_order(label: Label) -> tuple[str, str]:
    return label.thing, label.label
