"""The network of who met and who spoke of whom, and the chains between two of its nodes."""
