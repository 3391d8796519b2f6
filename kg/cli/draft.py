"""`kg draft`: drafts mapping documents of articles by rules, for a person to review."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.command import command, note
from kg.cli.options import EXISTING
from kg.cli.progress import Steps
from kg.drafting.drafting_tasks import DraftResult, draft_article, draft_folder
from kg.drafting.model.model_client import DEFAULT_NAME, language_model
from kg.drafting.text.spacy_parser import DEFAULT_MODEL
from kg.errors import RequestError
from kg.mapping.authoring.new_corpus import list_in_corpus
from kg.reconciliation.corpus_comparison import write_suggestions


@command(
    "Draft the mapping document of an article.",
    [
        "kg draft examples/harbour-talks/article.txt -o ./harbour.yaml",
        "kg draft examples/strait-series/texts -o drafts",
    ],
)
@click.argument("article", type=click.Path(exists=True, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The document to write. Default: beside the article, with the ending .yaml. For a folder, a folder.",
)
@click.option("--model", default=DEFAULT_MODEL, show_default=True, help="The English spaCy pipeline to parse with.")
@click.option(
    "--llm",
    metavar="URL",
    help="Ask the language model at this OpenAI-compatible endpoint too, such as http://localhost:11434/v1.",
)
@click.option("--llm-model", default=DEFAULT_NAME, show_default=True, help="The name of the model there.")
@click.option(
    "--authority",
    type=EXISTING,
    help="Suggest, in a file beside the draft, which items are the same as in this authority or corpus.",
)
@click.pass_context
def draft(
    ctx: click.Context,
    article: Path,
    output: Path | None,
    model: str,
    llm: str | None,
    llm_model: str,
    authority: Path | None,
) -> None:
    """Draft the mapping document of ARTICLE: English text, Markdown or a saved page of HTML.

    Rules find who says what, who is named, who holds which post and who met whom. Each item has its passage and a note
    with its rule and confidence, and is to be reviewed. A draft passes `kg check`, but that does not mean that it is
    correct. One document is enough for one article; beside another article's, a corpus.yaml is written for both.
    Needs the extra: pip install 'communique[draft]'.

    ARTICLE may be a folder: all .txt, .md and .html files below it that have no document in the folder OUTPUT yet are
    drafted there, in as many processes as there are cores. Exit status 1 means that some could not be drafted.

    With --llm, the whole text is sent to that address and nowhere else, with the key in KG_LLM_API_KEY if there is one.
    What the model finds is used if its words are in the text; where it agrees with a rule, confidence rises.

    With --authority, people, organizations, places, events and statements that may be those of the corpus are suggested
    with their evidence, in a file with the ending .suggestions. Nothing is decided automatically.
    """
    llm_endpoint = language_model(llm, llm_model) if llm else None
    if not article.is_dir():
        result = draft_article(article, output or article.with_suffix(".yaml"), model, llm_endpoint)
        _print(result)
        if corpus := list_in_corpus(result.document):
            note(f"{corpus} lists it now.")
        _suggest(result.document, authority)
        return
    if output is None:
        raise RequestError("A folder is drafted into another folder: expected -o with its name.")
    faults = 0
    with Steps() as steps:
        steps(f"Drafting {article}")
        total, results = draft_folder(article, output, model, llm_endpoint)
        for done, result in enumerate(results, 1):
            faults += bool(result.fault)
            _print_of_many(result)
            if not result.fault and authority:
                write_suggestions(result.document, authority)
            steps.count(done, total)
    click.echo(f"{total - faults:,} drafted, {faults:,} not, as listed above." if faults else f"{total:,} drafted.")
    if faults:
        ctx.exit(1)


def _suggest(document: Path, authority: Path | None) -> None:
    if authority is not None:
        file, number = write_suggestions(document, authority)
        click.echo(f"Written: {file}")
        note(f"{number:,} suggestions of what is the same as in {authority}; none is decided.")


def _print(result: DraftResult) -> None:
    for file in result.files:
        click.echo(f"Written: {file}")
    for warning in result.warnings:
        note(f"Warning: {warning} Expect a poor draft.")
    if result.summary:
        note(result.summary)


def _print_of_many(result: DraftResult) -> None:
    if result.fault:
        click.echo(f"Error: {result.fault}", err=True)
    for warning in result.warnings:
        note(f"Warning: {result.article}: {warning}")
    if result.summary:
        note(f"{result.article}: {result.summary}")
