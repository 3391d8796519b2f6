"""Descriptions of the dataset and the service, and documents of its graphs, for pages and programs."""
