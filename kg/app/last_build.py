"""The record of the last build: digests of all that it read, which a later build compares with what there is now.

It lies beside the store's versions and names the version that it speaks of. A store without it, or with another's, is
built whole; so nothing depends on its being there.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from kg.app.partition_counts import Counts
from kg.store import EmbeddedStore, Version


@dataclass(frozen=True)
class BuiltDocument:
    """A document that was built: the SHA-256 of its bytes, its graph, and its text's digest if that was checked."""

    digest: str
    graph: str
    text: str = ""


@dataclass(frozen=True)
class LeftOutDocument:
    """A document that was not built: the SHA-256 of its bytes, and why not, a sentence each."""

    digest: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class LastBuild:
    """What the last build read, and what it made of it that cannot be told from the graphs."""

    version: str
    version_digest: str
    """What tells the version from another of its name; see `Version.digest`."""
    settings: Mapping[str, str]
    """Digests of what concerns every document, by name; if one differs, everything is built."""
    time: str
    """The time that the provenance records."""
    documents: dict[str, BuiltDocument]
    """By name relative to the corpus."""
    texts: str
    """A digest of the articles' texts that the documents were held against."""
    described_by_authority: tuple[str, ...]
    """The graphs of articles of whose nodes the authority says something."""
    left_out: dict[str, LeftOutDocument]
    """The articles' documents that are at fault, by name relative to the corpus."""
    counts: Mapping[str, int]
    """What the description of the dataset counts; see `partition_counts`."""

    @classmethod
    def read(cls, store: EmbeddedStore) -> LastBuild | None:
        """Return the record that a store has, or None."""
        try:
            record = json.loads(store.build_record())
            documents = {name: BuiltDocument(**document) for name, document in record.pop("documents").items()}
            left_out = {
                name: LeftOutDocument(document["digest"], tuple(document["reasons"]))
                for name, document in record.pop("left_out").items()
            }
            return cls(**record, documents=documents, left_out=left_out)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None

    def write(self, store: EmbeddedStore) -> None:
        """Make this the record that a store has."""
        # Not by `asdict`, which copies the text of every entry too: half a tenth of a second in each save.
        documents = {name: vars(document) for name, document in self.documents.items()}
        left_out = {name: vars(document) for name, document in self.left_out.items()}
        record = {**vars(self), "documents": documents, "left_out": left_out}
        store.keep_build_record(json.dumps(record, sort_keys=True))

    @property
    def partition_counts(self) -> Counts:
        """Return the counts by the parts of their keys, which are IRIs and hold no spaces."""
        return Counter({tuple(key.split(" ")): number for key, number in self.counts.items()})

    def made(self, version: Version) -> bool:
        """Tell whether a version is the very one that was built."""
        return (version.name, version.digest) == (self.version, self.version_digest)
