#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The golden files, read by NumPy alone as docs/file-format.md shows it, and by the safetensors
package where it is installed: the numbers are those of the formulas in model_file.cpp.

    python3 tests/model_file.py [--require-safetensors]
"""
import json
import pathlib
import sys

import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parent / "files"


def open_model(path):
    types = {"F32": "<f4", "F64": "<f8", "I32": "<i4", "I64": "<i8", "U8": "u1"}
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    metadata = header.pop("__metadata__")
    return metadata, {
        name: np.memmap(path, types[t["dtype"]], "r", 8 + length + t["data_offsets"][0], tuple(t["shape"]))
        for name, t in header.items()}


def expected(users, items, factors, dtype):
    u, i, f = np.arange(users)[:, None], np.arange(items)[:, None], np.arange(factors)[None, :]
    return {"user_factors": ((u + 1) * np.where(f % 2, 0.125, -0.5)).astype(dtype),
            "item_factors": ((i - 1) * 0.0625 + f).astype(dtype)}


def check(tensors, dtype):
    for name, numbers in expected(3, 4, 2, dtype).items():
        assert tensors[name].dtype == dtype and np.array_equal(tensors[name], numbers), name


def main():
    require = "--require-safetensors" in sys.argv
    try:
        from safetensors.numpy import load_file
    except ImportError:
        if require:
            raise
        load_file = None
        print("skipped: no safetensors package")
    for name, dtype in (("implicit", np.float32), ("explicit", np.float64)):
        path = FOLDER / f"golden_v1_{name}.safetensors"
        metadata, tensors = open_model(path)
        assert metadata["format"] == "als model" and metadata["objective"] == name
        check(tensors, dtype)
        if load_file:
            loaded = load_file(path)
            check(loaded, dtype)
            assert sorted(loaded) == sorted(tensors)
    metadata, tensors = open_model(FOLDER / "golden_v1_implicit.safetensors")
    assert list(tensors["item_ids"]) == [10, -3, 0, 2**63 - 1]
    ends = [0, *tensors["user_id_ends"]]
    text = bytes(tensors["user_ids"])
    assert [text[a:b].decode() for a, b in zip(ends, ends[1:])] == ["7", "07", 'Zoë "x"\n']
    print("ok")


if __name__ == "__main__":
    main()
