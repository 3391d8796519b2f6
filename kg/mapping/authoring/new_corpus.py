"""Creates a corpus where there was none: for new articles, or for a lone article that is joined by a second."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from kg.durable_files import replace_content, replace_synced
from kg.errors import MappingError, RequestError
from kg.mapping.checks.value_checks import TO_BE_WRITTEN
from kg.mapping.documents.document_edits import DocumentEdits
from kg.mapping.documents.document_listing import CORPUS_FILE, is_listed, nearest_corpus_file
from kg.mapping.documents.lone_article import OWN_CORPUS, SETTINGS, is_article, own_corpus
from kg.mapping.documents.text_edits import apply_edits
from kg.mapping.documents.yaml_document import (
    MappingDocument,
    YamlMapping,
    load_document,
    parse_document,
    single_quoted,
    to_json,
)

COMMENTS = {"base": "  # the persistent IRI that all identifiers start with: your own"}
"""Comments on settings that nobody has chosen yet."""
AUTHORITY_FILE = "authority.yaml"
AUTHORITY = (
    "people: []  # what several articles share, as in {id: person:name, name: A Name, voiceKind: named-person}\n"
)
COMMENT_LINE = re.compile(r"[ ]*#")


def write_corpus_of(folder: Path, articles: str) -> list[Path]:
    """Write a corpus and its authority in a folder that belongs to no corpus; return the files written."""
    # A corpus in a folder above should list the articles: one in this folder would be another corpus.
    if nearest_corpus_file(folder / CORPUS_FILE):
        return []
    return _write(folder, [articles], "", SETTINGS)


def join_lone_articles(document: Path) -> list[Path]:
    """Make a corpus of the lone articles in a document's folder if there is another one; return the files written.

    The corpus settings of one article become the new corpus's, including comments, so that identifiers stay the same.
    Raises RequestError if two articles' settings differ.
    """
    if nearest_corpus_file(document):
        return []
    articles = [*_articles_in(document.parent)]
    if not any(article.file.resolve() != document.resolve() for article in articles):
        return []
    telling = [article for article in articles if own_corpus(article)]
    for other in telling[1:]:
        if to_json(other.root.nodes[OWN_CORPUS]) != to_json(telling[0].root.nodes[OWN_CORPUS]):
            fault = f"{telling[0].file} and {other.file} say different things of their `{OWN_CORPUS}`"
            raise RequestError(f"{fault}: expected a {CORPUS_FILE} beside them, in which you say what holds of both.")
    first = (telling or articles)[0]
    own, title = own_corpus(first), " ".join(first.value_of("title").split())
    of_article = SETTINGS if title == TO_BE_WRITTEN else {**SETTINGS, "title": title}
    missing = {key: value for key, value in of_article.items() if not own or key not in own.nodes}
    settings = _settings_text(first, own) if own else ""
    without = {article.file: _without_section(article) for article in telling}
    # The moved settings are parsed again before anything is written: they must be the same.
    if own and to_json(parse_document(first.file, settings).root) != to_json(own):
        raise _unusual(first)
    files = _write(document.parent, [article.file.name for article in articles], settings, missing)
    # After the corpus has them: a crash in between leaves them in both places, which is reported, and not in neither.
    for file, content in without.items():
        replace_content(file, content)
    return [*files, *without]


def list_in_corpus(document: Path) -> Path | None:
    """Add a document to its corpus's list; return the corpus's file if that changed it."""
    corpus = nearest_corpus_file(document)
    if corpus is None or is_listed(document, corpus):
        return None
    loaded = load_document(corpus)
    name = document.resolve().relative_to(corpus.parent).as_posix()
    edits = DocumentEdits(loaded).append(loaded.root, "articles", single_quoted(name))
    replace_synced(corpus, apply_edits(loaded.text, edits))
    return corpus


def _write(folder: Path, articles: list[str], settings: str, missing: Mapping[str, str]) -> list[Path]:
    lines = [f"{key}: {_plain(value)}{COMMENTS.get(key, '')}\n" for key, value in missing.items()]
    names = ", ".join(map(single_quoted, articles))
    content = f"{settings}{''.join(lines)}authority: {AUTHORITY_FILE}\narticles: [{names}]\n"
    files = {} if (authority := folder / AUTHORITY_FILE).exists() else {authority: AUTHORITY}
    for file, text in {**files, folder / CORPUS_FILE: content}.items():
        replace_synced(file, text)
    return [folder / CORPUS_FILE, *files]


def _plain(value: str) -> str:
    return value if value in SETTINGS.values() else single_quoted(value)


def _articles_in(folder: Path) -> Iterator[MappingDocument]:
    for file in sorted(folder.glob("*.yaml")):
        try:
            loaded = load_document(file)
        except MappingError:
            continue  # another program's file
        if is_article(loaded) and not file.name.startswith("."):
            yield loaded


def _section(article: MappingDocument) -> tuple[int, int]:
    """Return the range of an article's corpus settings: whole lines, with comments above and below."""
    key, text = article.root.keys[OWN_CORPUS], article.text
    _, last = DocumentEdits(article).span_of(article.root.nodes[OWN_CORPUS])
    start, end = text.rfind("\n", 0, key.start) + 1, article.next_line(last)
    first_key = min(other.start for other in article.root.keys.values())
    while (above := text.rfind("\n", 0, start - 1) + 1) > first_key and COMMENT_LINE.match(text, above, start):
        start = above
    while (line := COMMENT_LINE.match(text, end)) and line.end() - line.start() > 1:
        end = article.next_line(end)
    return start, end


def _without_section(article: MappingDocument) -> str:
    """Return an article's text without its corpus settings. Raises RequestError if more would be removed."""
    start, end = _section(article)
    content = article.text[:start] + article.text[end:]
    others = {key: value for key, value in to_json(article.root).items() if key != OWN_CORPUS}
    if article.root.flow or to_json(parse_document(article.file, content).root) != others:
        raise _unusual(article)
    return content


def _settings_text(article: MappingDocument, own: YamlMapping) -> str:
    """Return an article's corpus settings as the lines of a corpus document, with their comments."""
    start, end = _section(article)
    key, text = article.root.keys[OWN_CORPUS], article.text
    before, beside = text[start : key.start], text[key.end + 1 : article.next_line(key.end)].strip()
    if not own.flow:
        indent = next(iter(own.keys.values())).location.column - 1
        # The block is moved to the left margin unchanged, so that its comments and layout stay.
        lines = re.sub(rf"^ {{1,{indent}}}", "", text[article.next_line(key.end) : end], flags=re.MULTILINE)
        return f"{before}{beside}\n{lines}" if beside else before + lines
    edits = DocumentEdits(article)
    spans = [(name, *edits.span_of(node)) for name, node in own.nodes.items()]
    begins = [own.keys[name].start for name in own.nodes]
    ends = [*begins[1:], end]
    entries = zip(spans, ends, strict=True)
    return before + "".join(
        f"{name}: {' '.join(text[first:last].split())}{_comments(text[last:following])}\n"
        for (name, first, last), following in entries
    )


def _comments(text: str) -> str:
    return "".join(f"  {comment}" for comment in re.findall(r"(?<=\s)#[^\r\n]*", text))


def _unusual(article: MappingDocument) -> RequestError:
    expected = f"a {CORPUS_FILE} beside it with these keys, and none in the article"
    return RequestError(
        f"The layout of `{OWN_CORPUS}` in {article.file} is too unusual to be moved: expected {expected}."
    )
