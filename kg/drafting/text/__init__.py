"""Articles as texts: read from their formats, parsed into words with their heads, and split at quotation marks."""
