"""The digests of everything that a build reads: what differs from the last build has to be read again."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path

from kg.app.build_options import BuildOptions
from kg.app.builds.last_build import LastBuild
from kg.app.write_provenance import software_version
from kg.datasets import GraphNames
from kg.errors import ChangedWhileReadError, RequestError
from kg.mapping.corpora.corpus_files import CorpusFiles, read_corpus_files
from kg.mapping.passages.source_texts import read_source_texts
from kg.shipped_files import PACKAGE, ontology_folder, shapes_folder

MAX_SETTINGS_NAMED = 3
"""The maximum number of settings that a message names."""
MIN_AGE_NANOSECONDS = 2 * 10**9
"""The minimum age of a file's last change for caching its digest: longer than a tick of a file system's clock."""
_DIGESTS: dict[Path, tuple[tuple[int, ...], str]] = {}
"""The cached digests of files, each with the file's state in the file system."""


@dataclass(frozen=True)
class BuildInputs:
    """The digests of a corpus, its documents, the ontology, the shapes, the program and the articles' texts."""

    corpus: CorpusFiles
    settings: dict[str, str]
    time: str
    documents: dict[str, str]
    """The digests of documents that can be read, by name relative to the corpus."""
    texts: frozenset[str] | None = None
    """The digests of the articles' texts, or None without a folder of texts."""
    files: dict[str, Path] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    """The digests of articles' documents that are left out because they are faulty, by name."""

    @classmethod
    def of(cls, corpus_file: Path, options: BuildOptions) -> BuildInputs:
        """Compute the digests. Raises MappingError if the corpus document itself is faulty."""
        corpus = _chosen(read_corpus_files(corpus_file), options.documents)
        questions = {f"the question {file.name}": _digest(file) for file in corpus.questions}
        settings = {
            "the program": program_digest(),
            "the reasoner": options.reasoner,
            f"{corpus_file.name}, beside its list of articles": corpus.settings,
            **_folder_digests(ontology_folder()),
            **_folder_digests(shapes_folder()),
            **questions,
        }
        files = {_name(file, corpus_file.parent): file for file in corpus.documents}
        digests = {name: _digest(file) for name, file in files.items() if file.is_file()}
        texts = (
            None if options.sources is None else frozenset(text.digest for text in read_source_texts(options.sources))
        )
        return cls(corpus, settings, options.time.isoformat() if options.time else "", digests, texts, files)

    def without(self, articles: Collection[Path]) -> BuildInputs:
        """Return these inputs with articles left out."""
        names = {name for name, file in self.files.items() if file in articles}
        return replace(
            self,
            corpus=self.corpus.without(articles),
            documents={name: digest for name, digest in self.documents.items() if name not in names},
            files={name: file for name, file in self.files.items() if name not in names},
            left_out={**self.left_out, **{name: self.documents.get(name, "") for name in names}},
        )

    def require(self, file: Path, digest: str) -> None:
        """Raise ChangedWhileReadError if a document has another digest than when the build began."""
        if digest != self.documents.get(self.names_of_files.get(file, ""), ""):
            raise ChangedWhileReadError(
                f"{file} was changed while it was read, so nothing is built from it: build again."
            )

    def require_unchanged(self, files: Iterable[Path]) -> None:
        """Raise ChangedWhileReadError if documents have changed since the build began."""
        for file in files:
            self.require(file, _digest(file) if file.is_file() else "")

    @cached_property
    def names_of_files(self) -> Mapping[Path, str]:
        """Return the name of each document relative to the corpus, by its file."""
        return {file: name for name, file in self.files.items()}

    @cached_property
    def names_of_shared(self) -> frozenset[str]:
        """Return the names of the documents that are not articles."""
        articles = {*self.corpus.articles}
        return frozenset(name for name, file in self.files.items() if file not in articles)

    @property
    def names(self) -> GraphNames:
        """Return the names of the corpus's graphs."""
        return GraphNames(self.corpus.base)

    @property
    def texts_digest(self) -> str:
        """Return a digest of the articles' texts, or an empty string without a folder of texts."""
        return "" if self.texts is None else _digest_of(sorted(self.texts))

    def unchanged_documents(self, last: LastBuild) -> frozenset[str]:
        """Return the names of unchanged documents, which have been compared with their texts if these are given."""
        return frozenset(
            name
            for name, digest in self.documents.items()
            if (known := last.documents.get(name))
            and known.digest == digest
            and self._is_checked(known.text, known.graph)
        )

    def is_unchanged(self, last: LastBuild) -> bool:
        """Return whether the last build read exactly the same."""
        texts = self.texts is None or self.texts_digest == last.texts
        documents = {name: document.digest for name, document in last.documents.items()}
        documents |= {name: left_out.digest for name, left_out in last.left_out.items()}
        return texts and (self.settings, self.time, self.documents, {*self.files}) == (
            last.settings,
            last.time,
            documents,
            {*documents},
        )

    def changed_settings(self, last: LastBuild) -> str:
        """Return a phrase that names the changed settings, or an empty string."""
        names = {name for name, _ in {*self.settings.items()} ^ {*last.settings.items()}}
        named = sorted(names)[:MAX_SETTINGS_NAMED]
        return ", ".join(named) + (f" and {len(names) - len(named)} more" if len(names) > len(named) else "")

    def _is_checked(self, text: str, graph: str) -> bool:
        return self.texts is None or not graph.startswith(self.names.article("")) or text in self.texts


@cache
def program_digest() -> str:
    """Return a digest of the program's own code, which changes more often than its version during development."""
    return _digest_of([software_version(), *map(_digest, sorted(PACKAGE.rglob("*.py")))])


def _chosen(corpus: CorpusFiles, documents: Collection[Path]) -> CorpusFiles:
    """Return a corpus with only the given articles, or all if none are given. Raises RequestError if one is missing."""
    if not documents:
        return corpus
    by_file = {file.resolve(): file for file in corpus.articles}
    if missing := [document for document in documents if document.resolve() not in by_file]:
        expected = "one that its articles list or match"
        raise RequestError(f"{missing[0]} is not an article of {corpus.file}: expected {expected}.")
    return corpus.without({*corpus.articles} - {by_file[document.resolve()] for document in documents})


def _name(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else str(file)


def _folder_digests(folder: Path) -> dict[str, str]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {f"{folder.name}/{file.relative_to(folder).as_posix()}": _digest(file) for file in files}


def _digest_of(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _digest(file: Path) -> str:
    """Return a file's digest, cached for older files, since `kg watch` needs all of them at each save."""
    # Includes the ctime, which programs cannot set back.
    status = file.stat()
    state = status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
    if (known := _DIGESTS.get(file)) and known[0] == state:
        return known[1]
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    # As in Git: a file that has just been changed may change again with the same timestamp.
    if time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) > MIN_AGE_NANOSECONDS:
        _DIGESTS[file] = state, digest
    return digest
