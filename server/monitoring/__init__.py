"""Monitoring of a running server: health, metrics, logs, and the requests in progress."""
