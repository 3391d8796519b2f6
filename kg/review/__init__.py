"""Reviewing drafts: items are accepted, corrected and rejected; each change is saved at once and can be undone."""
