"""For who runs the server: health, figures, logs, and the queries under way."""
