#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Trains on data that lie in Spark, with the bits of als::fit.

Usage: als_on_spark.py LIBRARY [RATINGS]

LIBRARY is als_rows.cpp, compiled as README.md says. RATINGS is a file of lines with user, item and
rating, separated by blanks, tabs or "::", such as ratings.dat of MovieLens 1M; without it, 300
users and 200 items are made up. Spark keeps the interactions; in each half iteration its workers solve their rows
against a table of the other side, which is broadcast to them.
"""
import ctypes
import os
import sys

import numpy as np
import pyarrow as pa
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

FACTORS, ALPHA, REGULARIZATION, ITERATIONS = 32, 1.0, 0.6, 3


class Rows:
    """The functions of als_rows.cpp, with numpy arrays."""

    def __init__(self, path):
        self.library = ctypes.CDLL(path)

    def call(self, name, *arguments):
        function = getattr(self.library, name)
        function.restype = ctypes.c_char_p
        passed = []
        for argument in arguments:
            if isinstance(argument, np.ndarray):
                assert argument.flags.c_contiguous
                passed.append(argument.ctypes.data_as(ctypes.c_void_p))
            elif isinstance(argument, float):
                passed.append(ctypes.c_double(argument))
            else:
                passed.append(ctypes.c_int64(argument))
        error = function(*passed)
        if error is not None:
            raise RuntimeError(error.decode())


def half_step(spark, rows, are_users, fixed, count, path):
    """Solves all rows, [id, ids, values], against the table `fixed`; returns their table."""
    gram = np.empty((FACTORS, FACTORS))
    Rows(path).call("als_gram", fixed, len(fixed), FACTORS, gram)
    shared = spark.sparkContext.broadcast((fixed, gram))

    def solve(batches):
        table, its_gram = shared.value
        library = Rows(path)
        for batch in batches:
            lists, values = batch.column("ids"), batch.column("values")
            offsets = lists.offsets.to_numpy().astype(np.int64)
            begin, end = offsets[0], offsets[-1]
            result = np.empty((batch.num_rows, FACTORS), np.float32)
            library.call(
                "als_solve", int(are_users), batch.num_rows, offsets - begin,
                np.ascontiguousarray(lists.values.to_numpy()[begin:end]),
                np.ascontiguousarray(values.values.to_numpy()[values.offsets[0].as_py():][:end - begin]),
                table, len(table), its_gram, FACTORS, ALPHA, REGULARIZATION, result)
            yield pa.RecordBatch.from_arrays(
                [batch.column("id"), pa.FixedSizeListArray.from_arrays(result.ravel(), FACTORS)
                 .cast(pa.list_(pa.float32()))], ["id", "factors"])

    solved = rows.mapInArrow(solve, "id int, factors array<float>").toArrow()
    shared.unpersist()
    table = np.zeros((count, FACTORS), np.float32)
    factors = solved["factors"].combine_chunks()
    table[solved["id"].to_numpy()] = factors.values.to_numpy().reshape(-1, FACTORS)
    return table


def by(data, row, column):
    """The rows of one side, their ids ascending."""
    pairs = F.sort_array(F.collect_list(F.struct(column, "value")))
    return (data.groupBy(F.col(row).alias("id")).agg(pairs.alias("pairs"))
            .select("id", F.col(f"pairs.{column}").alias("ids"), F.col("pairs.value").alias("values"))
            .cache())


def ratings(path):
    if path is None:
        rng = np.random.default_rng(7)
        cells = np.unique(rng.integers(0, 300 * 200, 6000))
        return cells // 200, cells % 200, rng.integers(1, 6, len(cells))
    with open(path, encoding="latin-1") as file:
        table = np.array([line.replace("::", " ").split()[:3] for line in file], np.int64)
    return (np.unique(table[:, 0], return_inverse=True)[1],
            np.unique(table[:, 1], return_inverse=True)[1], table[:, 2])


def main():
    path = sys.argv[1]
    user, item, value = ratings(sys.argv[2] if len(sys.argv) > 2 else None)
    user, item, value = user.astype(np.int32), item.astype(np.int32), value.astype(np.float32)
    users, items = int(user.max()) + 1, int(item.max()) + 1

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    spark = (SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
             .config("spark.sql.shuffle.partitions", "4").getOrCreate())
    spark.sparkContext.setLogLevel("ERROR")
    data = spark.createDataFrame(pa.table({"user": user, "item": item, "value": value}))
    by_user, by_item = by(data, "user", "item"), by(data, "item", "user")

    library = Rows(path)
    has_entries = np.bincount(user, minlength=users).astype(bool).astype(np.int8)
    user_table = np.empty((users, FACTORS), np.float32)
    library.call("als_start", 0, users, has_entries, FACTORS, user_table)
    for iteration in range(1, ITERATIONS + 1):
        item_table = half_step(spark, by_item, False, user_table, items, path)
        user_table = half_step(spark, by_user, True, item_table, users, path)
        print(f"iteration {iteration}", flush=True)
    spark.stop()

    alone = np.empty_like(user_table), np.empty_like(item_table)
    library.call("als_fit", users, items, len(user), user, item, value, FACTORS, ALPHA,
                 REGULARIZATION, ITERATIONS, *alone)
    same = alone[0].tobytes() == user_table.tobytes() and alone[1].tobytes() == item_table.tobytes()
    print(f"{users} users, {items} items, {len(user)} entries:",
          "the bits of als::fit" if same else "OTHER BITS than als::fit")
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
