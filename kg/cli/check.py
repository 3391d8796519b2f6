"""`kg check`: checks for everything that a build would refuse, and passages against available texts."""

from __future__ import annotations

from pathlib import Path

import click
from rdflib import RDF

from kg.app.builds.check import check as check_documents
from kg.app.corpus_dataset import corpus_file
from kg.cli.command import command
from kg.cli.options import corpus_argument, corpus_path, json_option, sources_option
from kg.cli.output import write_json
from kg.cli.progress import Steps
from kg.mapping.corpora.corpus_check import CheckReport
from kg.mapping.corpora.corpus_reader import Article
from kg.mapping.passages.located_passages import PassageState
from kg.mapping.passages.passage_words_files import refresh_words
from kg.mapping.passages.text_copies import TextCopy
from kg.namespaces import CQ


@command(
    "Check mapping documents and their passages.", ["kg check examples/harbour-talks --sources examples/harbour-talks"]
)
@corpus_argument
@sources_option()
@json_option
@click.pass_context
def check(ctx: click.Context, corpus: Path | None, sources: Path | None, *, as_json: bool) -> None:
    """Check CORPUS for everything that `kg build` would refuse, and its passages against the articles' texts.

    CORPUS is a folder with a corpus.yaml, that file, or one article's document, in such a folder or alone. Without
    --sources the passages are unchecked. If a text differs from the mapped one, each passage that moved, changed or is
    not found is listed, and the exit status is 1. Beside a text that does not differ, an existing file .passages is
    updated.
    """
    document = corpus_path(corpus)
    with Steps() as steps:
        steps(f"Checking {document}")
        report = check_documents(corpus_file(document), sources)
    for copy in report.copies.values():
        # Of the mapped text alone: in another one the offsets would name other words.
        if copy.same:
            refresh_words([passage.stamp.span for passage in copy.passages], copy.text)
    differing = [slug for slug in sorted(report.copies) if not report.copies[slug].same]
    if as_json:
        write_json([_as_json(article, report) for article in report.corpus.articles])
    else:
        for article in report.corpus.articles:
            _print_article(article, report)
    if differing:
        ctx.exit(1)


def _as_json(article: Article, report: CheckReport) -> dict[str, object]:
    copy = report.copies.get(article.slug)
    if copy is None:
        return {"article": article.slug, "checked": False, "reason": _unchecked_reason(article, report)}
    passages = [
        {
            "where": str(passage.stamp.location),
            "passage": str(passage.stamp.span),
            "state": passage.state.value,
            "now": [str(span) for span in passage.spans],
        }
        for passage in copy.passages
    ]
    text = str(copy.text.file)
    return {"article": article.slug, "checked": True, "text": text, "same": copy.same, "passages": passages}


def _print_article(article: Article, report: CheckReport) -> None:
    copy = report.copies.get(article.slug)
    if copy is None:
        graph = report.corpus.graphs[report.corpus.names.article(article.slug)]
        count = len([*graph.subjects(RDF.type, CQ.Passage)])
        reason = _unchecked_reason(article, report)
        click.echo(f"{article.slug}: the document is valid; its {count} passages are unchecked: {reason}.")
    elif copy.same:
        covered = f"cover {_covered(copy):,} of {article.length:,} characters"
        what = f"all of its {len(copy.passages)} passages, which {covered}, are in {copy.text.file}"
        click.echo(f"{article.slug}: the document is valid, and {what}.")
    else:
        click.echo(f"{article.slug}: {copy.text.file} differs from the text that was mapped: {copy.summary()}.")
        _print_passages(copy)


def _unchecked_reason(article: Article, report: CheckReport) -> str:
    return next(unchecked.reason for unchecked in report.corpus.unchecked if unchecked.slug == article.slug)


def _covered(copy: TextCopy) -> int:
    """Return how many characters of the text are in at least one passage."""
    spans = [passage.stamp.span for passage in copy.passages]
    return len({position for span in spans for position in range(span.start, span.end)})


def _print_passages(copy: TextCopy) -> None:
    for passage in copy.passages:
        if passage.state is not PassageState.IN_PLACE:
            now = f", now {' or '.join(map(str, passage.spans))}" if passage.spans else ""
            click.echo(f"  {passage.stamp.location}: {passage.stamp.span} {passage.state.value}{now}")
