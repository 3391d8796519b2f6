"""`kg migrate`: rewrites mapping documents of an earlier version, and says what a person must decide."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.command import command
from kg.mapping.authoring.migration import migrate_document


@command("Rewrite documents of an earlier version.", ["kg migrate examples/harbour-talks/harbour-talks.yaml --check"])
@click.argument("documents", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Change nothing, and end with status 1 if there is something to rewrite.")
@click.pass_context
def migrate(context: click.Context, documents: tuple[Path, ...], *, check: bool) -> None:
    """Rewrite mapping DOCUMENTS of an earlier version to today's keys, in place, and list what a person must decide.

    Comments and layout stay, and a second run changes nothing.
    """
    migrations = [migrate_document(document, write=not check) for document in documents]
    for migration in migrations:
        for problem in migration.rewritten:
            click.echo(f"{'To rewrite' if check else 'Rewritten'}: {problem}")
        for problem in migration.decisions:
            click.echo(f"To decide: {problem}")
        rewritten = f"{len(migration.rewritten)} to rewrite" if check else f"{len(migration.rewritten)} rewritten"
        click.echo(f"{migration.document}: {rewritten}, {len(migration.decisions)} to decide.")
    if check and any(migration.rewritten for migration in migrations):
        context.exit(1)
