"""Who in other data is whom in ours: candidates with scores and evidence, which decide nothing."""
