"""The markets for capital and credit: values, rounds, loans, the mood."""
