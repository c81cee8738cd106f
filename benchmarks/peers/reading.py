#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How fast is a file of ratings read, beside `wc -l`, pandas and polars?

    cmake --preset release && cmake --build --preset release --target reading
    python3 benchmarks/peers/reading.py FILE...
    python3 benchmarks/peers/reading.py --generate 20000000

FILE has users, items, values and times, separated by commas or tabs, with or without a header. With
--generate, it first makes a file of so many ratings that looks like MovieLens 20M. It compares
`als` (read_ratings: checked ids, both orientations of the matrix) with one thread and with
--threads; read_csv of three columns by pandas (its C engine, one thread) and by polars (--threads);
and both with pandas' factorize and SciPy's matrix, which is what `als` gives. Repetitions are
interleaved; it prints medians and ranges. Needs the packages of requirements.txt; compare.py shows
how to make an environment.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import pandas
import scipy.sparse

READING = pathlib.Path(__file__).resolve().parent.parent.parent / "build/release/benchmarks/reading"


def generate(path, count):
    generator = np.random.default_rng(1)
    users, items = max(1, count // 145), max(1, int(6 * count**0.5))
    pair = np.unique((generator.random(count * 11 // 10) ** 1.5 * users).astype(np.int64) * items
                     + (generator.random(count * 11 // 10) ** 3 * items).astype(np.int64))
    table = pandas.DataFrame({"userId": pair // items + 1, "movieId": pair % items + 1,
                              "rating": generator.integers(1, 11, len(pair)) / 2,
                              "timestamp": generator.integers(10**9, 15 * 10**8, len(pair))})
    table.to_csv(path, index=False)


def seconds_of(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def read_by_pandas(path):
    with open(path) as file:
        first = file.readline()
    return pandas.read_csv(path, sep="\t" if "\t" in first else ",", usecols=[0, 1, 2],
                           header=None if first[0].isdigit() else 0)


def read_by_polars(path):
    import polars  # reads POLARS_MAX_THREADS when it is imported

    with open(path) as file:
        first = file.readline()
    return polars.read_csv(path, separator="\t" if "\t" in first else ",", columns=[0, 1, 2],
                           has_header=not first[0].isdigit())


def matrices_of(columns):
    users, items, values = columns
    (users, _), (items, _) = pandas.factorize(users), pandas.factorize(items)
    matrix = scipy.sparse.csr_matrix((values.astype(np.float32), (users, items)))
    return matrix, matrix.tocsc()


def matrix_by_pandas(path):
    table = read_by_pandas(path)
    return matrices_of([table.iloc[:, column].to_numpy() for column in range(3)])


def matrix_by_polars(path):
    return matrices_of([column.to_numpy() for column in read_by_polars(path)])


def ask_als(path, options, threads):
    call = [options.reading, path, options.duplicates, threads]
    answer = subprocess.run(list(map(str, call)), check=True, capture_output=True, text=True)
    return json.loads(answer.stdout)["seconds"]


def compare(path, options):
    ways = {
        "als::read_ratings, 1 thread": lambda: ask_als(path, options, 1),
        f"als::read_ratings, {options.threads} threads": lambda: ask_als(path, options,
                                                                         options.threads),
        "wc -l": lambda: seconds_of(lambda: subprocess.run(["wc", "-l", path], check=True,
                                                           stdout=subprocess.DEVNULL)),
        "pandas.read_csv": lambda: seconds_of(lambda: read_by_pandas(path)),
        "pandas.read_csv, factorize, csr, csc": lambda: seconds_of(lambda: matrix_by_pandas(path)),
        "polars.read_csv": lambda: seconds_of(lambda: read_by_polars(path)),
        "polars.read_csv, factorize, csr, csc": lambda: seconds_of(lambda: matrix_by_polars(path)),
    }
    seconds = {way: [] for way in ways}
    for _ in range(options.repetitions):
        for way, measure in ways.items():
            seconds[way].append(measure())
    megabytes = path.stat().st_size / 1e6
    print(f"\n{path.name}, {megabytes:.0f} MB\n\n| | MB/s | seconds | range |\n|---|---|---|---|")
    for way, values in seconds.items():
        median = statistics.median(values)
        print(f"| {way} | {megabytes / median:.0f} | {median:.2f} "
              f"| {min(values):.2f}-{max(values):.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="*", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--generate", type=int, metavar="N", help="ratings of a file to be made")
    parser.add_argument("--duplicates", default="error", choices=["error", "sum", "last"])
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--reading", type=pathlib.Path, default=READING)
    options = parser.parse_args()
    if not options.files and not options.generate:
        sys.exit("reading.py: name a file, or --generate N")
    os.environ["POLARS_MAX_THREADS"] = str(options.threads)
    with tempfile.TemporaryDirectory() as folder:
        if options.generate:
            made = pathlib.Path(folder) / "generated.csv"
            generate(made, options.generate)
            options.files.append(made)
        for path in options.files:
            compare(path, options)


if __name__ == "__main__":
    main()
