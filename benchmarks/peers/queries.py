#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the same queries on the same factors in als and other libraries, and compares their speed.

    cmake --preset release && cmake --build --preset release --target queries train
    build/release/benchmarks/train shape:ml20m --factors 128 --iterations 5 --save /tmp/ml20m
    python3 benchmarks/peers/queries.py /tmp/ml20m.5:128 --counts 10 100

FACTORS is an argument of the program `queries`: PREFIX:K, or random:ITEMS:K. The best items for
many users: `als`, `als` without its stop at low norms, and a BLAS product with a heap, all by
`queries`; `implicit` (recommend, nothing filtered) and `faiss` (IndexFlatIP, exact). One user at a
time, one thread; and fold-in of a history of n items: `implicit` (recalculate_user), `irspack`
(compute_user_embedding). Repetitions are interleaved; it prints medians. Needs the packages of
requirements.txt; compare.py shows how to make an environment.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import time

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
QUERIES = HERE.parent.parent / "build/release/benchmarks/queries"


def seconds_of(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def factors_of(name):
    """The numbers that `queries` uses under that name, or similar ones."""
    prefix, _, k = name.rpartition(":")
    k = int(k)
    if prefix.startswith("random:"):
        generator = np.random.default_rng(1)
        count = int(prefix.split(":")[1])
        items = generator.standard_normal((count, k), np.float32) / np.float32(k**0.5)
        items *= np.exp(generator.standard_normal((count, 1), np.float32) / 2)
        return generator.standard_normal((20000, k), np.float32) / np.float32(k**0.5), items
    read = lambda side: np.fromfile(f"{prefix}.{side}.f32", np.float32).reshape(-1, k)
    return read("users"), read("items")


class Implicit:
    def __init__(self, users, items, threads):
        from implicit.cpu.als import AlternatingLeastSquares
        self.model = AlternatingLeastSquares(factors=items.shape[1], num_threads=threads)
        self.model.user_factors, self.model.item_factors = users, items

    def many(self, ids, count):
        self.model.recommend(ids, None, N=count, filter_already_liked_items=False)

    def one(self, user, count):
        self.model.recommend(user, None, N=count, filter_already_liked_items=False)


class Faiss:
    def __init__(self, users, items, threads):
        import faiss
        faiss.omp_set_num_threads(threads)
        self.users = users
        self.index = faiss.IndexFlatIP(items.shape[1])
        self.index.add(items)

    def many(self, ids, count):
        self.index.search(self.users[ids], count)

    def one(self, user, count):
        self.index.search(self.users[user:user + 1], count)


def ask_als(options, count, parts, threads):
    call = [options.queries, options.factors, "--count", count, "--users", options.users,
            "--repetitions", 1, "--threads", threads, "--only", parts, "--json"]
    answer = subprocess.run(list(map(str, call)), check=True, capture_output=True, text=True)
    return json.loads(answer.stdout)


def show(title, results, unit):
    print(f"\n{title}")
    for name, values in results.items():
        print(f"   {name:<28} {statistics.median(values):>12.5g} {unit}   "
              f"({min(values):.5g} to {max(values):.5g})")


def compare_many(options, users, items, count):
    ids = np.linspace(0, len(users) - 1, min(options.users, len(users))).astype(np.int32)
    peers = {"implicit": Implicit(users, items, options.threads),
             "faiss": Faiss(users, items, options.threads)}
    results = {}
    for _ in range(options.repetitions):
        for name, rate in ask_als(options, count, "everyone,blas", options.threads).items():
            results.setdefault(name, []).append(rate)
        for name, peer in peers.items():
            seconds = seconds_of(lambda: peer.many(ids, count))
            results.setdefault(name, []).append(len(ids) / seconds)
    show(f"{len(ids)} users, top {count} of {len(items)} items, k {items.shape[1]}", results, "users/s")


def compare_one(options, users, items):
    peers = {"implicit": Implicit(users, items, 1), "faiss": Faiss(users, items, 1)}
    results = {}
    for _ in range(options.repetitions):
        answer = ask_als(options, 10, "one", 1)
        results.setdefault("als", []).append(answer["one user, median"])
        results.setdefault("als, 99 %", []).append(answer["one user, 99 %"])
        for name, peer in peers.items():
            each = [seconds_of(lambda: peer.one(n * 7919 % len(users), 10)) for n in range(200)]
            results.setdefault(name, []).append(1e6 * np.median(each))
            results.setdefault(name + ", 99 %", []).append(1e6 * np.quantile(each, 0.99))
    show("one user, one thread", results, "us")


def compare_fold_in(options, items):
    import scipy.sparse
    import irspack
    from implicit.cpu.als import AlternatingLeastSquares
    k = items.shape[1]
    generator = np.random.default_rng(2)

    def history(size):
        ids = np.sort(generator.choice(len(items), size, replace=False)).astype(np.int32)
        ones = np.ones(size, np.float32)
        return scipy.sparse.csr_matrix((ones, ids, [0, size]), shape=(1, len(items)))

    implicit = AlternatingLeastSquares(factors=k, num_threads=1)
    implicit.item_factors = items
    some = scipy.sparse.vstack([history(20) for _ in range(200)])
    ials = irspack.IALSRecommender(some, n_components=k, train_epochs=1, n_threads=1).learn()
    asked = {"implicit": lambda row: implicit.recalculate_user(0, row),
             "irspack": lambda row: ials.compute_user_embedding(row)}
    for size in (5, 20, 100, 500, 2000):
        rows = [history(size) for _ in range(100)]
        results = {}
        for _ in range(options.repetitions):
            answer = ask_als(options, 10, "fold_in", 1)
            results.setdefault("als", []).append(answer[f"fold-in, {size} items, median"])
            for name, ask in asked.items():
                ask(rows[0])  # builds what later calls reuse
                each = [seconds_of(lambda: ask(row)) for row in rows]
                results.setdefault(name, []).append(1e6 * np.median(each))
        show(f"fold-in of {size} items, k {k}, {len(items)} items in all, one thread", results, "us")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("factors")
    parser.add_argument("--counts", type=int, nargs="*", default=[10, 100])
    parser.add_argument("--users", type=int, default=20000)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--parts", nargs="*", default=["many", "one", "fold_in"])
    parser.add_argument("--queries", type=pathlib.Path, default=QUERIES)
    options = parser.parse_args()
    users, items = factors_of(options.factors)
    if "many" in options.parts:
        for count in options.counts:
            compare_many(options, users, items, count)
    if "one" in options.parts:
        compare_one(options, users, items)
    if "fold_in" in options.parts:
        compare_fold_in(options, items)


if __name__ == "__main__":
    main()
