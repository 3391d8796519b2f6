"""What pages draw: diagrams, bars, the ticks of a time axis, and cards as pictures."""
