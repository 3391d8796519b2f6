"""Builds: of everything, article by article or as one graph, or of what has changed since the last build."""
