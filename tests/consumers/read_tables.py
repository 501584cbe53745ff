# mypy: ignore-errors
"""Read exported files with datasets, pandas, polars and duckdb; run by the interpreter that `reading_python` builds.

    python read_tables.py FOLDER

Each NAME.parquet, NAME.jsonl, NAME.jsonl.gz and NAME.jsonl.zst of FOLDER is read by each library that reads such a
file: datasets by the loader snippet beside it, and Parquet without one too. One JSON object is printed: file ->
library -> rows, and under "types" what datasets says the columns are.
"""

import json
import os
import runpy
import sys
from pathlib import Path

os.environ |= {"HF_HUB_OFFLINE": "1"}

import duckdb
import pandas
import polars

from datasets import load_dataset


def plain(value):
    """A value as JSON has it: arrays as lists, numbers of numpy as numbers, NaN of a missing number as null."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return None if isinstance(value, float) and value != value else value


def with_duckdb(path):
    found = duckdb.sql(f"SELECT * FROM read_parquet('{path}')")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def main(folder):
    os.chdir(folder)
    told = {}
    for path in sorted(folder.glob("*.parquet")) + sorted(folder.glob("*.jsonl*")):
        if path.name.endswith(".load.py"):
            continue
        by_loader = runpy.run_path(f"{path}.load.py")["dataset"]
        found = {"datasets": by_loader.to_list(), "types": {n: str(f) for n, f in by_loader.features.items()}}
        if path.suffix == ".parquet":
            by_itself = load_dataset("parquet", data_files=str(path), split="train")
            found["datasets by itself"] = by_itself.to_list()
            found["its own types"] = {name: str(feature) for name, feature in by_itself.features.items()}
            found["pandas"] = pandas.read_parquet(path, dtype_backend="pyarrow").to_dict("records")
            found["polars"] = polars.read_parquet(path).to_dicts()
            found["duckdb"] = with_duckdb(path)
        told[path.name] = plain(found)
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
