"""Finished articles of a build, kept until a build ends, so that after an interruption the next one can reuse them.

A file is named by a digest of everything that its article is made from, and contains its own digest, so that stale or
partially written files are not taken for results.
"""

from __future__ import annotations

import io
import json
import pickle
import zlib
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from os import getpid
from pathlib import Path

from rdflib import BNode, Literal, URIRef, paths

from kg.app.builds.article_task import BuiltArticle
from kg.app.builds.build_inputs import BuildInputs
from kg.app.partition_counts import ArticleCounts
from kg.errors import Location
from kg.mapping.corpora.article_reader import ReadArticle
from kg.mapping.documents.mapping_vocabulary import ContextTerm
from kg.mapping.documents.yaml_document import YamlText
from kg.mapping.triples.document_triples import DocumentParts, DocumentValue
from kg.mapping.triples.located_triples import LocatedTriple
from kg.validation.validation_report import Severity, ValidationResult

COMPRESSION_LEVEL = 1
"""Takes a hundredth of a second, and saves nine tenths of the space."""
_RESULTS = (BuiltArticle, ReadArticle, ValidationResult, Severity, DocumentParts, DocumentValue, LocatedTriple)
_PARTS = (ArticleCounts, ContextTerm, YamlText, Location, type(Path()), URIRef, BNode, Literal)
_PATHS = (paths.SequencePath, paths.InvPath, paths.AlternativePath, paths.MulPath)
_CLASSES = {(kind.__module__, kind.__qualname__): kind for kind in (*_RESULTS, *_PARTS, *_PATHS)}


@dataclass(frozen=True)
class FinishedArticles:
    """The finished articles in a folder, which the processes of a build share."""

    folder: Path
    digests: dict[Path, str]
    """The digest of each article's document."""
    context: str
    """A digest of everything else that articles are made from."""

    @classmethod
    def of(cls, inputs: BuildInputs, folder: Path) -> FinishedArticles:
        """Return the finished articles of a build, removing those that were made from other inputs."""
        digests = {file: inputs.documents.get(name, "") for name, file in inputs.files.items()}
        articles = {*inputs.corpus.articles}
        shared = {str(file): digest for file, digest in digests.items() if file not in articles}
        context = json.dumps([inputs.settings, shared, inputs.texts_digest], sort_keys=True)
        own = {file: digest for file, digest in digests.items() if file in articles}
        finished = cls(folder, own, sha256(context.encode()).hexdigest())
        finished._remove_stale()
        return finished

    def read(self, file: Path) -> BuiltArticle | None:
        """Return a finished article, or None."""
        try:
            content = self._path(file).read_bytes()
        except OSError:
            return None
        digest, packed = content[:32], content[32:]
        # Checked before anything is unpickled.
        if sha256(packed).digest() != digest:
            return None
        # All errors that the library can raise for a file that is not one of our results.
        with suppress(pickle.UnpicklingError, zlib.error, EOFError, LookupError, TypeError, ValueError, AttributeError):
            result = _Unpickler(io.BytesIO(zlib.decompress(packed))).load()
            return result if isinstance(result, BuiltArticle) else None
        return None

    def keep(self, file: Path, built: BuiltArticle) -> None:
        """Store a finished article, if the disk has room and its document is unchanged."""
        if built.article.digest != self.digests[file]:
            return
        packed = zlib.compress(pickle.dumps(built), COMPRESSION_LEVEL)
        # Written under a name unique to the process, since several finish at once, and renamed when complete.
        new = self.folder / f"{getpid()}.new"
        with suppress(OSError):
            self.folder.mkdir(exist_ok=True)
            new.write_bytes(sha256(packed).digest() + packed)
            new.replace(self._path(file))
            return
        with suppress(OSError):
            new.unlink()

    def _path(self, file: Path) -> Path:
        parts = f"{self.context}\n{file}\n{self.digests[file]}"
        return self.folder / sha256(parts.encode()).hexdigest()

    def _remove_stale(self) -> None:
        usable = {self._path(file).name for file in self.digests}
        with suppress(OSError):
            for path in self.folder.iterdir():
                if path.name not in usable:
                    path.unlink()


class _Unpickler(pickle.Unpickler):
    """Loads only results: write access to a store's folder must not allow running code in a build."""

    def find_class(self, module_name: str, global_name: str) -> type:
        """Return one of the classes that results consist of. Raises UnpicklingError for any other."""
        try:
            return _CLASSES[module_name, global_name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module_name}.{global_name} is not part of a result.") from None
