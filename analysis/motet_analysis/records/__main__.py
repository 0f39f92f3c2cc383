"""The command `python -m motet_analysis.records READER FOLDER OPTIONS`, started by the importers.

It writes the samples to standard output, and what a user can mend as one line to standard error.
"""

import json
import sys
from pathlib import Path

from motet_analysis.errors import InputError
from motet_analysis.records.stream import RecordWriter


def main() -> int:
    """Runs the reader that is named; the status is 1 where its input is wrong."""
    reader, source, options = sys.argv[1:]
    try:
        out = RecordWriter(sys.stdout.buffer)
        if reader == "arrays":
            from motet_analysis.records.arrays import ArrayOptions, stream_arrays
            stream_arrays(Path(source), ArrayOptions(**json.loads(options)), out)
        else:
            from motet_analysis.records.parquet import ParquetOptions, stream_parquet
            stream_parquet(Path(source), ParquetOptions(**json.loads(options)), out)
        out.finish()
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The importer has found something wrong, and says so.
        sys.stderr.close()
        return 1
    return 0


sys.exit(main())
