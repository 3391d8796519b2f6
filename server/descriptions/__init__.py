"""What the server tells of its dataset and of itself, to its pages and to other machines."""
