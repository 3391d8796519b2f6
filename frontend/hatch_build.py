"""Part of the wheel's build: makes the pages' scripts, which the wheel carries and the repository does not."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent))

from bundling import BundlingError, bundle


class Hook(BuildHookInterface[Any]):
    """Makes the bundles before a wheel is filled; an editable install leaves that to `make setup`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the bundles; the build fails where that cannot be done."""
        del build_data
        if version == "editable":
            return
        try:
            bundle()
        except BundlingError as error:
            self.app.abort(f"The pages' scripts were not made. {error}")
