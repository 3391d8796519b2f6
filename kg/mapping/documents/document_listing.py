"""The documents that a corpus lists, by name, by folder or by pattern, sorted by name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.errors import Location, Problem, raise_if
from kg.mapping.documents.schema_check import shown
from kg.mapping.documents.yaml_document import MappingDocument, YamlText, load_document, texts_in

ARTICLE, AUTHORITY, OUTSIDE = "articleDocument", "authorityDocument", "outsideDocument"
"""The kinds of documents that a corpus lists, as named in the schema."""
SHARED_KINDS = {"authority": AUTHORITY, "outside": OUTSIDE}
"""The kinds of which a corpus has at most one document, by key."""
CORPUS_FILE = "corpus.yaml"
MAX_PARENT_FOLDERS = 3
"""How many folders above a document are searched for its corpus."""
PATTERN_CHARACTERS = "*?["


@dataclass(frozen=True)
class ListedDocument:
    """A document that a corpus lists, its kind in the schema, and the location of its name in the corpus document."""

    kind: str
    file: Path
    location: Location


def listed_documents(root: MappingDocument) -> list[ListedDocument]:
    """Return the documents that a corpus lists: the shared ones, then the articles sorted by name.

    Raises MappingError if a folder or pattern matches no document, or if another corpus also lists one of them.
    """
    problems: list[Problem] = []
    documents = _documents(root, problems)
    problems += _claims(root.file.parent, documents)
    raise_if(problems)
    return documents


def nearest_corpus_file(document: Path) -> Path | None:
    """Return the corpus document in the folder of an article's document or the nearest above it, None if absent."""
    folders = [document.resolve().parent, *document.resolve().parents[1 : MAX_PARENT_FOLDERS + 1]]
    return next((file for folder in folders if (file := folder / CORPUS_FILE).is_file()), None)


def is_listed(document: Path, corpus: Path) -> bool:
    """Return whether a file is a corpus document or one that it lists."""
    listed = [corpus, *(entry.file for entry in _documents(load_document(corpus), []))]
    return document.resolve() in [file.resolve() for file in listed]


def _documents(root: MappingDocument, problems: list[Problem]) -> list[ListedDocument]:
    folder, articles = root.file.parent, texts_in(root.root.nodes.get("articles"))
    shared = [
        ListedDocument(kind, folder / text.value, text.location)
        for key, kind in SHARED_KINDS.items()
        for text in texts_in(root.root.nodes.get(key))
    ]
    patterns = [text for text in articles if _is_pattern(folder, text.value)]
    named = [ListedDocument(ARTICLE, folder / text.value, text.location) for text in articles if text not in patterns]
    listed = {root.file, *(entry.file for entry in (*shared, *named))}
    for text in patterns:
        files = _matching(folder, text, problems) - listed
        named += [ListedDocument(ARTICLE, file, text.location) for file in files]
        listed |= files
    return [*shared, *sorted(named, key=lambda entry: entry.file)]


def _is_pattern(folder: Path, name: str) -> bool:
    path = folder / name
    # A file may have such a character in its name: a name that exists is not a pattern.
    return path.is_dir() or (any(character in name for character in PATTERN_CHARACTERS) and not path.exists())


def _matching(folder: Path, text: YamlText, problems: list[Problem]) -> set[Path]:
    """Return the files of a folder or pattern, except those with a name or folder that starts with a dot."""
    is_folder = (folder / text.value).is_dir()
    pattern = f"{text.value}/**/*.yaml" if is_folder else text.value
    if "**" in pattern:
        problems += [_linked(link, text) for link in _linked_folders(folder / _fixed_part(pattern))]
    try:
        files = {file for file in folder.glob(pattern) if not file.is_dir() and not _is_hidden(file, folder)}
    except ValueError as error:
        problems.append(Problem(text.location, f"{shown(text.value)} is not a file pattern: {error}."))
        return set()
    if not files:
        expected = "a folder with .yaml files in it" if is_folder else "a pattern of the names of files"
        problems.append(Problem(text.location, f"{shown(text.value)} holds no mapping document; expected {expected}."))
    return files


def _fixed_part(pattern: str) -> str:
    """Return the leading folders of a pattern that contain no pattern character."""
    before = pattern[: min(pattern.find(character) for character in PATTERN_CHARACTERS if character in pattern)]
    return before.rpartition("/")[0]


def _linked_folders(folder: Path) -> Iterator[Path]:
    """Yield the links to folders below a folder: `**` does not follow them, since they may lead in a circle."""
    for parent, names, _ in os.walk(folder):
        names[:] = sorted(name for name in names if not name.startswith("."))
        yield from (path for name in names if (path := Path(parent, name)).is_symlink())


def _linked(link: Path, text: YamlText) -> Problem:
    fault = f"{link} is a link to the folder {link.readlink()}, and could lead in a circle"
    return Problem(text.location, f"{fault}; expected folders without links (list what it leads to by its own name).")


def _is_hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(folder).parts)


def _claims(folder: Path, documents: Iterable[ListedDocument]) -> Iterator[Problem]:
    """Yield a problem for every document that a corpus in a folder in between also lists."""
    listed = {entry.file: entry.location for entry in documents}
    between = {parent for file in listed for parent in file.parents if parent.is_relative_to(folder)} - {folder}
    for other in filter(Path.is_file, sorted(parent / CORPUS_FILE for parent in between)):
        for file in sorted({entry.file for entry in _documents(load_document(other), [])} & listed.keys()):
            expected = "a document of one corpus; leave it out of one of the two"
            yield Problem(listed[file], f"{file} is a document of the corpus {other} too; expected {expected}.")
