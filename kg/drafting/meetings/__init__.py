"""Who met whom, where, on which side, and whether the meeting took place."""
