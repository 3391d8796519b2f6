"""The command line: one module a command, and one place where errors become sentences and exit statuses."""

from __future__ import annotations

from kg.cli.command import Command
from kg.cli.main import Failure, main
from kg.cli.options import KEPT_VERSIONS, keep_option, output_option, place_option, store_option
from kg.cli.progress import Steps
from kg.cli.token import tokens_option

__all__ = [
    "KEPT_VERSIONS",
    "Command",
    "Failure",
    "Steps",
    "keep_option",
    "main",
    "output_option",
    "place_option",
    "store_option",
    "tokens_option",
]
