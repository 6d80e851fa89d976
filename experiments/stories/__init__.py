"""A run told in words, chapter by chapter."""
