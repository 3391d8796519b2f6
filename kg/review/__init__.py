"""Reviewing drafts: items are accepted, corrected and rejected, each change saved at once and undoable."""
