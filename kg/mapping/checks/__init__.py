"""Checks of what documents state, each fault with file, line, column and key."""
