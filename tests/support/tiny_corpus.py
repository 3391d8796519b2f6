"""A tiny corpus, and options to build it quickly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kg.app.build import Built
from kg.app.build_options import BuildOptions

TINY = Path(__file__).parents[1] / "app" / "tiny"
QUICKLY = BuildOptions(cross_check=False)

Build = Callable[[Path], Built]
