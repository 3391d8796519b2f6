"""From mapping documents to a knowledge graph: reading, inference, validation, the store, and what is read from it."""
