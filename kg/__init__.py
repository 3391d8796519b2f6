"""From mapping documents to a knowledge graph: reading, inference, validation and the store, joined by the pipeline."""
