"""`kg serve`: its options, and the lifecycle of the server process."""
