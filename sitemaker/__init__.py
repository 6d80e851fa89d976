"""Makes the documentation site out of docs/ and of what the code declares. Nothing here is imported by the model."""
