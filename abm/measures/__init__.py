"""What is measured and kept of a run, from indicators of a quarter to outcomes of a world."""
