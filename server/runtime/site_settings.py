"""Where the settings of a site come from: the operator's options, and the corpus's own title, licence and base."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from kg.engines import StorePlace
from kg.errors import RequestError
from kg.lookups.dataset_metadata import read_dataset_metadata
from kg.mapping.passages.source_texts import read_source_texts
from kg.shipped_files import ontology_folder
from kg.store import open_store
from server.site import Settings


@dataclass(frozen=True)
class SiteSource:
    """The folder of a store, and the operator's settings."""

    folder: Path
    plain: bool = False
    operator_settings: Settings = field(default_factory=Settings)
    """The operator's settings, to which those of the corpus are added."""
    texts: Path | None = None
    """The folder of the articles' texts that pages show, if any."""
    engine: StorePlace | None = None
    """The place of another engine to query instead of the folder, if any."""

    def settings(self) -> Settings:
        """Read the settings of the site. Raises RequestError, StoreError or FetchError if the store cannot be read."""
        metadata = None
        if not self.plain:
            store = self.engine.open() if self.engine else open_store(self.folder)
            metadata = read_dataset_metadata(store)
            if metadata is None and store.graph_names() is not None:
                raise RequestError("The store holds no corpus yet: `kg build` puts one there.")
        return replace(
            self.operator_settings,
            base=metadata.base if metadata else None,
            title=metadata.title if metadata else "SPARQL",
            licence=metadata.licence if metadata else "",
            questions=ontology_folder() / "questions" if metadata else None,
            texts={text.digest: text.text for text in read_source_texts(self.texts)} if self.texts else {},
            folder=None if self.engine else self.folder,
        )
