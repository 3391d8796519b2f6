"""The files of a corpus and its settings, read before any of its documents."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from kg.mapping.corpora.corpus_documents import read_root
from kg.mapping.documents.document_listing import ARTICLE, listed_documents
from kg.mapping.documents.mapping_vocabulary import read_json_schema
from kg.mapping.documents.yaml_document import to_json
from kg.shipped_files import ontology_folder


@dataclass(frozen=True)
class CorpusFiles:
    """The documents that a corpus lists, the files of its questions, and a digest of its other settings."""

    file: Path
    base: str
    settings: str
    documents: tuple[Path, ...]
    questions: tuple[Path, ...]
    has_withdrawn: bool
    """Whether the corpus names withdrawn articles."""
    articles: tuple[Path, ...] = ()
    """The articles' documents among them."""
    left_out: frozenset[Path] = frozenset()
    """Documents that the corpus lists but that are not to be read."""

    def without(self, articles: Collection[Path]) -> CorpusFiles:
        """Return the files with articles left out."""
        return replace(
            self,
            documents=tuple(file for file in self.documents if file not in articles),
            articles=tuple(file for file in self.articles if file not in articles),
            left_out=self.left_out | {*articles},
        )


def read_corpus_files(file: Path) -> CorpusFiles:
    """Read a corpus document. Raises MappingError with every fault."""
    root = read_root(file, read_json_schema(ontology_folder()))
    # The listed articles are left out: their own digests cover them.
    settings = {key: to_json(node) for key, node in root.root.nodes.items() if key != "articles"}
    folder, listed = root.value_of("questions"), [*listed_documents(root)]
    return CorpusFiles(
        file,
        root.value_of("base"),
        hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest(),
        tuple(entry.file for entry in listed),
        tuple(sorted((file.parent / folder).glob("*.rq"))) if folder else (),
        "withdrawn" in root.root.nodes,
        tuple(entry.file for entry in listed if entry.kind == ARTICLE),
    )
