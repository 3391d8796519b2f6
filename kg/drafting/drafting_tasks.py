"""Writes the files of drafts: for one article, or in several processes for those of a folder that have no draft yet."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

from kg.drafting.drafted_document import draft_document
from kg.drafting.model.model_client import LanguageModel
from kg.drafting.model.model_items import ModelItems, items_of
from kg.drafting.text.article_text import read_article
from kg.drafting.text.spacy_parser import DEFAULT_MODEL, parse
from kg.errors import CommuniqueError, FetchError, RequestError
from kg.mapping.authoring.new_corpus import write_corpus_of
from kg.mapping.authoring.new_document import require_new_file, slug_of, write_document_files
from kg.mapping.passages.source_texts import SourceText

ENDINGS = frozenset({".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml"})
"""Endings of the files in a folder that are articles."""
BATCH_ARTICLES = 200
"""Articles that are submitted to the processes at a time, so that memory does not grow with the folder."""


@dataclass(frozen=True)
class DraftTask:
    """An article to draft, with its slug, and the file for its text if the text is not in a file yet."""

    article: Path
    document: Path
    text_file: Path
    slug: str
    model: str
    language_model: LanguageModel | None = None


@dataclass(frozen=True)
class DraftResult:
    """The result for an article: the files written and warnings, or why there is no draft."""

    article: Path
    document: Path
    files: tuple[Path, ...] = ()
    warnings: tuple[str, ...] = ()
    summary: str = ""
    """What a language model contributed."""
    fault: str = ""


def draft_article(
    article: Path, document: Path, model: str = DEFAULT_MODEL, language_model: LanguageModel | None = None
) -> DraftResult:
    """Draft the document of an article; a text that is extracted from markup is written beside the document.

    The document's folder is created if missing. Raises PayloadError if the file is not an article, and RequestError if
    the document exists or the extra is not installed.
    """
    require_new_file(document)
    document.parent.mkdir(parents=True, exist_ok=True)
    return _draft(DraftTask(article, document, article, slug_of(article.stem), model, language_model))


def draft_folder(
    folder: Path, output: Path, model: str = DEFAULT_MODEL, language_model: LanguageModel | None = None
) -> tuple[int, Iterator[DraftResult]]:
    """Return the number of articles of a folder without a draft in the output, and their results as they are finished.

    Texts are written beside the documents, so that the output is a corpus with its sources. Raises RequestError if two
    articles would have the same slug.
    """
    tasks: dict[str, DraftTask] = {}
    for article in sorted(folder.rglob("*")):
        if article.suffix.lower() not in ENDINGS or not article.is_file() or article.is_relative_to(output):
            continue
        name = article.relative_to(folder)
        document = output / name.with_suffix(".yaml")
        slug = slug_of(str(name.with_suffix(""))) or f"article-{len(tasks) + 1}"
        if slug in tasks:
            raise RequestError(f"{tasks[slug].article} and {article} would both be the article {slug!r}: rename one.")
        tasks[slug] = DraftTask(article, document, document.with_suffix(".txt"), slug, model, language_model)
    missing = [task for task in tasks.values() if not task.document.exists()]
    if missing:
        output.mkdir(parents=True, exist_ok=True)
        write_corpus_of(output, "**/*.yaml")
    return len(missing), _results(missing)


def _results(tasks: list[DraftTask]) -> Iterator[DraftResult]:
    processes = min(len(tasks), os.cpu_count() or 1)
    if processes <= 1:
        yield from map(_draft_or_fault, tasks)
        return
    # Spawned rather than forked, since linear algebra libraries may hold threads and locks.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for start in range(0, len(tasks), BATCH_ARTICLES):
            yield from pool.map(_draft_or_fault, tasks[start : start + BATCH_ARTICLES])


def _draft_or_fault(task: DraftTask) -> DraftResult:
    """Draft one article of a folder; return its fault instead of raising it, so that the others continue."""
    try:
        task.document.parent.mkdir(parents=True, exist_ok=True)
        return _draft(task)
    except CommuniqueError as error:
        return DraftResult(task.article, task.document, fault=str(error))
    except OSError as error:
        return DraftResult(
            task.article, task.document, fault=f"{error.filename or task.article}: {error.strerror or error}."
        )


def _draft(task: DraftTask) -> DraftResult:
    """Write the files of an article, the document last: an article with a document counts as done."""
    article = read_article(task.article)
    text_file = task.text_file
    if article.is_extracted and text_file == task.article:
        text_file = task.document.with_suffix(".txt")
        require_new_file(text_file)
    data = article.text.encode()
    source = SourceText(text_file, article.text, hashlib.sha256(data).hexdigest())
    parsed = parse(article.text, task.model)
    items, summary = _asked(article.text, task.language_model)
    described = replace(article, warnings=(*article.warnings, *([summary] if summary else [])))
    content = draft_document(described, parsed, source, task.document, task.slug, items)
    if text_file != task.article:
        text_file.write_bytes(data)
    written = write_document_files(content, task.document, source)
    return DraftResult(
        task.article,
        task.document,
        (*([] if text_file == task.article else [text_file]), *written),
        article.warnings,
        summary,
    )


def _asked(text: str, model: LanguageModel | None) -> tuple[ModelItems | None, str]:
    """Return a language model's items, if there is one, and a summary; if it fails, the draft is by rules alone."""
    if model is None:
        return None, ""
    try:
        items = items_of(model, text)
    except FetchError as error:
        return None, f"{error} This draft is by rules alone."
    in_text = f"{len(items.statements)} statements and {len(items.names)} names have their words in the text"
    return items, f"Of what the language model at {model.host} found, {in_text}; {items.dropped} items were dropped."
