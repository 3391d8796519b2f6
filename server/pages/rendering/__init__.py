"""How pages are rendered: templates, styles and scripts, and JSON for the scripts."""
