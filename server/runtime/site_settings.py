"""What a server serves, and the settings of its site: what the operator says, and what the corpus says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from kg.app import SiteFacts, site_facts
from kg.app.site_facts import PLAIN_SITE
from kg.mapping import read_source_texts
from kg.shipped_files import ontology_folder
from server.site import Settings


@dataclass(frozen=True)
class SiteSource:
    """The folder of a store, and what the operator says of it."""

    folder: Path
    plain: bool = False
    settings_given: Settings = field(default_factory=Settings)
    """What the operator has said; what the corpus says of itself is added to it."""
    texts: Path | None = None
    """The folder with the articles' texts, which pages show; without it no text is read, and none is served."""

    def facts(self) -> SiteFacts:
        """Return what the corpus says of itself; the store's errors where that cannot be read."""
        return PLAIN_SITE if self.plain else site_facts(self.folder)

    def settings(self) -> Settings:
        """Return the settings of the site as they are now."""
        facts = self.facts()
        known = replace(self.settings_given, base=facts.base, title=facts.title, licence=facts.licence)
        return replace(known, questions=ontology_folder() / "questions" if facts.base else None, texts=self._texts())

    def _texts(self) -> dict[str, str]:
        return {} if self.texts is None else {text.digest: text.text for text in read_source_texts(self.texts)}
