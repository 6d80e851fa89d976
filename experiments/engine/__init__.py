"""The machinery of a sweep: designs, batches, backends and the store. Asks nothing, judges nothing."""
