"""A tiny corpus, and options to build it quickly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kg.app.build_options import BuildOptions
from kg.app.builds.build import Built

TINY = Path(__file__).parents[1] / "app" / "tiny"
QUICKLY = BuildOptions(cross_check=False)

Build = Callable[[Path], Built]
