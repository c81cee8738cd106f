#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Trains models by als, implicit and irspack, and judges each with the scorers of all three.

    cmake --preset release && cmake --build --preset release --target train
    python3 benchmarks/peers/quality.py --data FOLDER

Pairs of MovieLens 1M (ml-1m/m1) and Last.fm (lastfm-hetrec2011), split as in the folder. The
objective is that of compare.py. The lists have 20 items, without those of the training set; the
results are means over users who have test entries.
"""
import argparse
import gzip
import json
import pathlib
import subprocess
import tempfile
import warnings

import numpy as np
import scipy.sparse

import compare

CONTESTANTS = ["als exact", "als cg", "implicit cholesky", "implicit cg", "irspack cholesky",
               "irspack cg", "irspack ialspp"]
LENGTH = 20
FACTORS = 64


# ----------------------------------------------------------------------------------------- the sets

def movielens(folder):
    def pairs(name):
        with gzip.open(folder / "ml-1m" / "m1" / name, "rt") as file:
            rows = [[int(word) for word in line.split()] for line in file]
        return np.array([(row[0], item) for row in rows for item in row[1:]])
    return pairs("train.txt.gz"), pairs("test.txt.gz")


def lastfm(folder):
    folder = folder / "lastfm-hetrec2011"
    table = np.loadtxt(folder / "user_artists.dat", skiprows=1, usecols=(0, 1), dtype=np.int64)
    with gzip.open(folder / "test_rows_80_20.txt.gz", "rt") as file:
        chosen = np.loadtxt(file, dtype=np.int64)
    pairs = np.stack([np.unique(column, return_inverse=True)[1] for column in table.T], axis=1)
    tested = np.zeros(len(pairs), bool)
    tested[chosen] = True
    return pairs[~tested], pairs[tested]


SETS = {"ML-1M": movielens, "Last.fm": lastfm}


def matrices(parts):
    shape = np.max(np.concatenate(parts), axis=0) + 1
    return [scipy.sparse.csr_matrix((np.ones(len(part), np.float32), part.T), shape=shape)
            for part in parts]


# -------------------------------------------------------------------------------------- the scorers

def by_als(users, items, job):
    with tempfile.TemporaryDirectory() as folder:
        users.astype(np.float32).tofile(f"{folder}/factors.users.f32")
        items.astype(np.float32).tofile(f"{folder}/factors.items.f32")
        command = [job["train"], job["matrix"], "--judge", job["test"], "--load",
                   f"{folder}/factors", "--factors", str(FACTORS)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def by_implicit(users, items, job):
    """Its "precision" is the hits of all users over the sum of min(length, relevant items): users
    with more of these weigh more. Its MAP divides by that minimum, the others' MAP by all relevant
    items."""
    from implicit.cpu.als import AlternatingLeastSquares
    from implicit.evaluation import ranking_metrics_at_k
    model = AlternatingLeastSquares(factors=FACTORS)
    model.user_factors = np.ascontiguousarray(users, np.float32)
    model.item_factors = np.ascontiguousarray(items, np.float32)
    return ranking_metrics_at_k(model, compare.load(job["matrix"]), compare.load(job["test"]),
                                K=LENGTH, show_progress=False, num_threads=2)


def by_irspack(users, items, job):
    """Means over all users, which here are those of the test set."""
    from irspack import Evaluator
    test = compare.load(job["test"])
    tested = np.flatnonzero(np.diff(test.indptr))
    evaluator = Evaluator(test[tested], cutoff=LENGTH, n_threads=2,
                          masked_interactions=compare.load(job["matrix"])[tested])
    return evaluator.get_score_from_score_matrix(
        users[tested].astype(np.float64) @ items.T.astype(np.float64))


# ---------------------------------------------------------------------------------------- the table

def factors_of(contestant, job):
    library, solver = contestant.split()
    reached = {}

    def follow(epoch, users, items):
        if epoch == job["epochs"]:
            reached["factors"] = np.array(users), np.array(items)

    compare.RUNNERS[library](job, follow, solver)
    return reached["factors"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--train", default=compare.ROOT / "build/release/benchmarks/train")
    parser.add_argument("--contestants", nargs="+", default=CONTESTANTS)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--alpha", type=float, default=4)
    parser.add_argument("--regularization", type=float, default=30)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    print("| set | model | NDCG: als | implicit | irspack | recall: als | irspack "
          "| capped recall: als | implicit | MAP: als | implicit | irspack |")
    print("|---" * 12 + "|")
    with tempfile.TemporaryDirectory() as work:
        for name, read in SETS.items():
            files = [f"{work}/{name}.{part}.csr" for part in ("train", "test")]
            for matrix, path in zip(matrices(read(options.data)), files):
                compare.save(matrix, path)
            for contestant in options.contestants:
                found = []
                for seed in range(1, options.seeds + 1):
                    job = {"train": str(options.train), "matrix": files[0], "test": files[1],
                           "factors": FACTORS, "alpha": options.alpha, "seed": seed, "threads": 2,
                           "regularization": options.regularization, "epochs": options.epochs,
                           "work": work}
                    factors = factors_of(contestant, job)
                    ours, implicit, irspack = (score(*factors, job)
                                               for score in (by_als, by_implicit, by_irspack))
                    found.append([ours["ndcg"], implicit["ndcg"], irspack["ndcg"], ours["recall"],
                                  irspack["recall"], ours["capped recall"], implicit["precision"],
                                  ours["map"], implicit["map"], irspack["map"]])
                print(f"| {name} | {contestant} | "
                      + " | ".join(f"{mean:.4f}" for mean in np.mean(found, axis=0)) + " |",
                      flush=True)


if __name__ == "__main__":
    main()
