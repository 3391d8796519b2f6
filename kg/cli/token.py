"""`kg token`: manages tokens for reading, writing and administering over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from kg.cli.command import command
from kg.cli.options import json_option, store_option, tokens_option
from kg.cli.output import show_table, write_json
from kg.errors import RequestError
from kg.tokens import Role, Tokens, role_of


@command(
    "Manage tokens for access over HTTP.",
    ["kg token add newsroom --role write", "kg token list", "kg token revoke newsroom"],
)
@click.argument("action", type=click.Choice(["add", "list", "revoke"]))
@click.argument("name", required=False)
@click.option("--role", type=click.Choice([role.label for role in Role]), help="What the holder may do, with `add`.")
@store_option
@tokens_option
@json_option
def token(action: str, name: str | None, role: str | None, store: Path, tokens: Path | None, *, as_json: bool) -> None:
    """Make a token for NAME and show it once, list the tokens, or revoke NAME's.

    A running server applies each change from the next request on.
    """
    stored = Tokens(tokens) if tokens else Tokens.of_store(store)
    if (name is None) is not (action == "list") or (role is None) is (action == "add"):
        raise RequestError("Expected `add NAME --role ROLE`, `list`, or `revoke NAME`.")
    if name is None and as_json:
        write_json(
            [{"name": grant.name, "role": grant.role.label, "created": grant.created} for grant in stored.grants()]
        )
    elif name is None:
        rows = [[grant.name, grant.role.label, grant.created] for grant in stored.grants()]
        show_table(["name", "role", "created"], rows)
    elif role is None:
        stored.revoke(name)
        click.echo(f"The token of {name} is revoked.")
    else:
        click.echo(stored.add(name, role_of(role), datetime.now(UTC).isoformat(timespec="seconds")))
        # Apart from the token, which a pipe gets alone.
        click.echo("This is shown once, and only a digest of it is kept.", err=True)
