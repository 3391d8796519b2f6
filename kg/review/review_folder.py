"""A folder under review: its documents with their remaining work, the articles' texts, and new articles."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kg.drafting.drafting_tasks import draft_article
from kg.durable_files import FileMark, file_mark, replace_synced
from kg.errors import CommuniqueError, MappingError, PayloadError, RequestError
from kg.mapping.authoring.new_corpus import list_in_corpus
from kg.mapping.authoring.new_document import slug_of, write_new_document
from kg.mapping.corpora.corpus_check import corpus_file_of
from kg.mapping.corpora.corpus_files import read_corpus_files
from kg.mapping.documents.document_listing import CORPUS_FILE
from kg.mapping.documents.yaml_document import load_document, parse_document, read_text
from kg.mapping.passages.source_texts import SourceText, read_source_texts, read_text_file
from kg.reconciliation.corpus_comparison import write_suggestions
from kg.review.review_changes import ARTICLE, ReviewChange, apply_change, require_day
from kg.review.review_items import first_free, review_items
from kg.review.working_document import WorkingDocument

IS_ARTICLE = re.compile(r"^[ ]*article:", re.MULTILINE)
MAX_ARTICLE_CHARACTERS = 50_000
"""The maximum length of a pasted article, in code points."""
MAX_COMPARED_ARTICLES = 200
"""The maximum articles in a corpus that a pasted one is compared with; `kg draft --authority` has no such limit."""
TEXT_ENDING = ".txt"
CONTROL_CHARACTERS = re.compile("[^\t-\r\x20-\x7e\x85\xa0-\ufffd\U00010000-\U0010ffff]")
UNDETERMINED = "und"
"""The language tag of a text whose language is not known."""


@dataclass(frozen=True)
class QueuedDocument:
    """A document of a folder: its name, its title, and the number of its items that need review."""

    name: str
    title: str
    items: int
    needing_review: int
    fault: str = ""


class ReviewFolder:
    """The mapping documents in a folder and its subfolders, or a single document."""

    def __init__(self, path: Path, sources: Path | None = None) -> None:
        """Review a folder, or one document of it. Raises RequestError if there is neither."""
        if not path.exists():
            raise RequestError(f"There is no folder or document {str(path)!r}.")
        self.folder = path if path.is_dir() else path.parent
        self._only = None if path.is_dir() else path
        self._sources = sources or self.folder
        self._texts: dict[str, SourceText] = {}
        self._queued: dict[Path, tuple[FileMark, QueuedDocument | None]] = {}

    def documents(self) -> list[QueuedDocument]:
        """Return the documents, those with the most items to review first, then by name."""
        files = [self._only] if self._only else sorted(self.folder.rglob("*.yaml"))
        documents = [queued for file in files if (queued := self._queued_document(file))]
        return sorted(documents, key=lambda document: (-document.needing_review, document.name))

    def file_of(self, name: str) -> Path:
        """Return the file of a document. Raises RequestError if the folder has none with that name."""
        file = self.folder / name
        # The name comes from a URL: files outside the folder must not be served.
        inside = not Path(name).is_absolute() and ".." not in Path(name).parts
        if not inside or (self._only and file != self._only) or file.suffix != ".yaml" or not file.is_file():
            raise RequestError(f"There is no document {name!r} in {self.folder}.")
        return file

    def name_of(self, file: Path) -> str:
        """Return the name of a file in the folder."""
        return file.relative_to(self.folder).as_posix()

    def source(self, digest: str) -> SourceText | None:
        """Return the text with a digest, or None if the folder of the texts has none."""
        if not digest:
            return None
        if digest not in self._texts:
            self._texts |= {text.digest: text for text in read_source_texts(self._sources)}
        return self._texts.get(digest)

    def add_article(self, title: str, day: str, text: str, origin: str) -> Path:
        """Draft the document for a pasted text, or begin an empty one if spaCy is not installed.

        Raises RequestError or PayloadError if the text or its title is invalid.
        """
        slug = slug_of(title)
        if self._only:
            raise RequestError("`kg review` was started for one document: start it for a folder to add articles.")
        if not slug:
            raise RequestError("The title has no ASCII letter or digit to make the article's name from.")
        if not text.strip() or len(text) > MAX_ARTICLE_CHARACTERS:
            raise RequestError(f"The text has {len(text):,} characters: expected 1 to {MAX_ARTICLE_CHARACTERS:,}.")
        require_day(day)
        document = self.folder / f"{self._free_name(slug)}.yaml"
        text_file = document.with_suffix(TEXT_ENDING)
        # What is pasted from a PDF often has control characters, which neither a draft nor an export can have.
        replace_synced(text_file, CONTROL_CHARACTERS.sub("", text.replace("\r\n", "\n")).strip() + "\n")
        try:
            self._begin(text_file, document)
            self._describe(document, title, day, origin)
            list_in_corpus(document)
            self._suggest(document)
        except CommuniqueError:
            # A document that is not listed in the corpus would not be built, and would occupy the name.
            for file in (document, text_file):
                file.unlink(missing_ok=True)
            raise
        return document

    def _begin(self, text_file: Path, document: Path) -> None:
        try:
            draft_article(text_file, document)
        except RequestError:  # the extra is not installed
            write_new_document(text_file, document, UNDETERMINED)
        except PayloadError as error:  # not in English, or not an article
            if read_text_file(text_file) is None:
                raise
            try:
                write_new_document(text_file, document, UNDETERMINED)
            except PayloadError:
                raise error from None

    def _describe(self, document: Path, title: str, day: str, origin: str) -> None:
        """Write the given title, day and origin of the text."""
        working = WorkingDocument(document, read_text(document))
        values = {"title": title, "published": day, "note": f"The text is from {origin}." if origin else ""}
        named = {key: value for key, value in values.items() if value}
        apply_change(working, ReviewChange("correct", (ARTICLE,), named), None)
        replace_synced(document, working.text)

    def _suggest(self, document: Path) -> None:
        """Suggest identities with things in the corpus, unless it has too many articles to compare."""
        corpus = corpus_file_of(document)
        if corpus != document and len(read_corpus_files(corpus).articles) <= MAX_COMPARED_ARTICLES:
            with suppress(MappingError):  # another document of the corpus is faulty, which is reported there
                write_suggestions(document, corpus)

    def _free_name(self, slug: str) -> str:
        endings = (".yaml", TEXT_ENDING)
        return first_free(slug, lambda name: any((self.folder / f"{name}{ending}").exists() for ending in endings))

    def _queued_document(self, file: Path) -> QueuedDocument | None:
        """Return the remaining work in a document, or None if the file is not an article's."""
        mark = file_mark(file)
        if file not in self._queued or self._queued[file][0] != mark:
            self._queued[file] = mark, self._looked_at(file)
        return self._queued[file][1]

    def _looked_at(self, file: Path) -> QueuedDocument | None:
        name = self.name_of(file)
        if file.name == CORPUS_FILE or any(part.startswith(".") for part in Path(name).parts):
            return None
        try:
            text = read_text(file)
            if not IS_ARTICLE.search(text):
                return None
            document = parse_document(file, text)
        except MappingError as error:
            return QueuedDocument(name, "", 0, 0, str(error.problems[0].message))
        if not document.value_of("article"):
            return None
        items = review_items(document)
        needing_review = sum(item.needs_review for item in items)
        return QueuedDocument(name, document.value_of("title"), len(items), needing_review)


def needs_review(file: Path) -> bool:
    """Return whether an item of a document needs review."""
    return any(item.needs_review for item in review_items(load_document(file)))
