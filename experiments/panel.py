"""The panel of a run as one tidy parquet file: world, quarter, agent, measure, value. One row group per measure and kind."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

PASSIVE_NAME = "industry"
_ROWS = 1_000_000  # at most this many rows are in memory at once
_WORDS = pa.dictionary(pa.int16(), pa.string())
SCHEMA = pa.schema([("world", pa.int32()), ("quarter", _WORDS), ("agent", _WORDS), ("measure", _WORDS), ("value", pa.float64())])


def write_panel(path, arrays, manifest, kinds, start):
    """Write the chosen measures. kinds: {measure: kinds that have it}; start: first Quarter."""
    quarters = [str(start + k) for k in range(manifest["inputs"]["quarters"])]
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        for measure in manifest["measures"]:
            for kind in kinds[measure]:
                names = [PASSIVE_NAME] if kind == PASSIVE_NAME else manifest["names"][kind]
                for table in _tables(arrays[kind, measure], quarters, names, measure):
                    writer.write_table(table)


def _tables(values, quarters, names, measure):
    """Tables of some worlds each. values: [worlds, quarters, agents]."""
    each = max(1, _ROWS // (len(quarters) * len(names)))
    for first in range(0, len(values), each):
        part = np.asarray(values[first : first + each])
        world, quarter, agent = (axis.ravel() for axis in np.indices(part.shape, dtype=np.int32))
        columns = [
            pa.array(world + first),
            _words(quarter, quarters),
            _words(agent, names),
            _words(np.zeros_like(world), [measure]),
            pa.array(part.ravel()),
        ]
        yield pa.Table.from_arrays(columns, schema=SCHEMA)


def _words(codes, names):
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int16)), pa.array(names, pa.string()))
