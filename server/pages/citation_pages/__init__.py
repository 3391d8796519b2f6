"""Citations in their formats and as cards, and collections of what readers cite."""
