"""The flags of how a corpus is built: its reasoner, its validator, and how its articles are."""

from __future__ import annotations

import click

from kg.app.build_options import OWLRL, PYSHACL, QUERIES, RULES
from kg.cli.options import in_order

reasoner_options = in_order(
    click.option(
        "--reasoner",
        type=click.Choice([RULES, OWLRL]),
        default=RULES,
        show_default=True,
        help="Infer by the rules compiled from the ontology, or by owlrl, which is slow.",
    ),
    click.option(
        "--cross-check/--no-cross-check",
        default=False,
        help="Compare what the rules infer with what owlrl does, which takes about a second per thousand triples.",
    ),
)
validator_option = click.option(
    "--validator",
    type=click.Choice([QUERIES, PYSHACL]),
    default=QUERIES,
    show_default=True,
    help="Find possible violations by compiled queries, or have pySHACL, the reference, validate everything.",
)
article_options = in_order(
    click.option(
        "--jobs",
        type=click.IntRange(0),
        default=0,
        help="The number of processes that build articles; 0, the default, for one per core. The result is the same.",
    ),
    click.option("--strict", is_flag=True, help="Fail if any article has faults, instead of leaving it out."),
)
