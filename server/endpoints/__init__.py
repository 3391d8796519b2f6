"""What the recommendations lay down: queries, updates, graphs and things over HTTP, a blueprint a noun."""
