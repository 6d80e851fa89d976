"""Figures: what each one shows and the sentence under it (`data`), and how Altair draws it for notebooks and reports (`drawn`)."""
