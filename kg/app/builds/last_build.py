"""The record of the last build: digests of everything that it read, which a later build compares with the current ones.

It is stored beside the versions and names the version that it belongs to. Without it, or with that of another version,
everything is built, so nothing depends on its presence.
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
    """A document that was built: the SHA-256 of its bytes, its graph, and its text's digest if it was compared."""

    digest: str
    graph: str
    text: str = ""


@dataclass(frozen=True)
class LeftOutDocument:
    """A document that was not built: the SHA-256 of its bytes, and the reasons as sentences."""

    digest: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class LastBuild:
    """What the last build read, and those of its results that the graphs do not contain."""

    version: str
    version_digest: str
    """Distinguishes the version from others with the same name; see `Version.digest`."""
    settings: Mapping[str, str]
    """Digests of what affects every document, by name; if one differs, everything is built."""
    time: str
    """The time that the provenance records."""
    documents: dict[str, BuiltDocument]
    """The documents by name relative to the corpus."""
    texts: str
    """A digest of the articles' texts that the documents were compared with."""
    described_by_authority: tuple[str, ...]
    """The graphs of articles whose nodes the authority describes."""
    left_out: dict[str, LeftOutDocument]
    """The documents of faulty articles, by name relative to the corpus."""
    counts: Mapping[str, int]
    """The counts in the description of the dataset; see `partition_counts`."""

    @classmethod
    def read(cls, store: EmbeddedStore) -> LastBuild | None:
        """Return the record in a store, or None."""
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
        """Store this record."""
        # Not with `asdict`, which also copies the text of every entry: that took 50 ms in each save.
        documents = {name: vars(document) for name, document in self.documents.items()}
        left_out = {name: vars(document) for name, document in self.left_out.items()}
        record = {**vars(self), "documents": documents, "left_out": left_out}
        store.keep_build_record(json.dumps(record, sort_keys=True))

    @property
    def partition_counts(self) -> Counts:
        """Return the counts by the parts of their keys, which are IRIs and contain no spaces."""
        return Counter({tuple(key.split(" ")): number for key, number in self.counts.items()})

    def made(self, version: Version) -> bool:
        """Return whether a version is exactly the one that was built."""
        return (version.name, version.digest) == (self.version, self.version_digest)
