"""What everything is called and what statements say, so that words are found without reading all of it again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from rdflib import SKOS

from kg.namespaces import SCHEME
from server.search.property_columns import Columns
from server.search.tsv_cells import is_iri, text

NAMING = ("name", "alias", "gist", str(SKOS.prefLabel))


@dataclass(frozen=True, slots=True)
class Label:
    """A name or a gist: as it is searched, as a cell, and the cell of the thing that has it."""

    lower: str
    label: str
    thing: str


@dataclass(frozen=True)
class Labels:
    """Every label, the shortest first."""

    known: Sequence[Label]

    def holding(self, words: str, most: int) -> list[Label]:
        """Return the first labels that hold these words in lower case."""
        return [*islice((each for each in self.known if words in each.lower), most)]


def read_labels(columns: Columns) -> Labels:
    """Return the labels of a version: what the query `search` finds."""
    found = {(label, thing) for naming in NAMING for thing, labels in columns[naming].items() for label in labels}
    by_length = defaultdict[int, list[Label]](list)
    for label, thing in found:
        if is_iri(thing) and not thing.startswith(f"<{SCHEME}"):
            lower = text(label).lower()
            by_length[len(lower)].append(Label(lower, label, thing))
    return Labels([each for length in sorted(by_length) for each in sorted(by_length[length], key=_order)])


def _order(label: Label) -> tuple[str, str]:
    return label.thing, label.label
