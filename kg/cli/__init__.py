"""The command line: one module a command, and one place where errors become sentences and exit statuses."""

from kg.cli.command import Command
from kg.cli.main import main
from kg.cli.options import keep_option, place_option, store_option, tokens_option

__all__ = ["Command", "keep_option", "main", "place_option", "store_option", "tokens_option"]
