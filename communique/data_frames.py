"""Data frames of pandas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd


def data_frame(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return rows as a data frame, in which a value that a row has not is missing."""
    return pd.DataFrame([*rows], columns=[*columns])
