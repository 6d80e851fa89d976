"""The books: ledger, statements, loans, stakes, contracts and fleets by vintage."""
