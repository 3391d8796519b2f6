"""Connections and incoming requests: waitress, with limits on the connections, time and memory of clients."""
