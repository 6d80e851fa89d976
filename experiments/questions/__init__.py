"""The shipped experiments: one small declarative file per question."""
