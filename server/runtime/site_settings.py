"""Where the settings of a site come from: the operator's options, and the corpus's own title, licence and base."""

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
    """The folder of a store, and the operator's settings."""

    folder: Path
    plain: bool = False
    operator_settings: Settings = field(default_factory=Settings)
    """The operator's settings, to which those of the corpus are added."""
    texts: Path | None = None
    """The folder of the articles' texts that pages show, if any."""

    def facts(self) -> SiteFacts:
        """Return the base, title and licence of the corpus. Raises StoreError if they cannot be read."""
        return PLAIN_SITE if self.plain else site_facts(self.folder)

    def settings(self) -> Settings:
        """Read the settings of the site."""
        facts = self.facts()
        with_facts = replace(self.operator_settings, base=facts.base, title=facts.title, licence=facts.licence)
        return replace(
            with_facts, questions=ontology_folder() / "questions" if facts.base else None, texts=self._texts()
        )

    def _texts(self) -> dict[str, str]:
        return {} if self.texts is None else {text.digest: text.text for text in read_source_texts(self.texts)}
