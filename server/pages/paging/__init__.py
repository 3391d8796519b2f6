"""Lists in pages, by their numbers or without, and in other formats."""
