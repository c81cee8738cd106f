#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How fast is a file of ratings read, beside `wc -l` and pandas?

    cmake --preset release && cmake --build --preset release --target reading
    python3 benchmarks/peers/reading.py FILE...
    python3 benchmarks/peers/reading.py --generate 20000000

FILE has users, items, values and times, separated by commas or tabs, with or without a header. With
--generate a file of so many ratings is made first, with the look of MovieLens 20M. Compared: `als`
(read_ratings: checked ids, both orientations of the matrix); pandas' read_csv of three columns by
its C engine; and that with factorize and a matrix by SciPy, which is what `als` gives. Repetitions
are interleaved, medians and ranges printed. One thread each. Needs pandas beside the packages of
requirements.txt; compare.py shows how to make an environment.
"""
import argparse
import json
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


def matrix_by_pandas(path):
    table = read_by_pandas(path)
    (users, _), (items, _) = (pandas.factorize(table.iloc[:, column]) for column in (0, 1))
    matrix = scipy.sparse.csr_matrix((table.iloc[:, 2].to_numpy(np.float32), (users, items)))
    return matrix, matrix.tocsc()


def ask_als(path, options):
    call = [options.reading, path, options.duplicates]
    answer = subprocess.run(list(map(str, call)), check=True, capture_output=True, text=True)
    return json.loads(answer.stdout)["seconds"]


def compare(path, options):
    ways = {
        "als::read_ratings": lambda: ask_als(path, options),
        "wc -l": lambda: seconds_of(lambda: subprocess.run(["wc", "-l", path], check=True,
                                                           stdout=subprocess.DEVNULL)),
        "pandas.read_csv": lambda: seconds_of(lambda: read_by_pandas(path)),
        "read_csv, factorize, csr, csc": lambda: seconds_of(lambda: matrix_by_pandas(path)),
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
    parser.add_argument("--reading", type=pathlib.Path, default=READING)
    options = parser.parse_args()
    if not options.files and not options.generate:
        sys.exit("reading.py: name a file, or --generate N")
    with tempfile.TemporaryDirectory() as folder:
        if options.generate:
            made = pathlib.Path(folder) / "generated.csv"
            generate(made, options.generate)
            options.files.append(made)
        for path in options.files:
            compare(path, options)


if __name__ == "__main__":
    main()
