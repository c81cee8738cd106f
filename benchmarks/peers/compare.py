#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Trains als and other libraries on the same matrices for the same objective, and compares them.

    cmake --preset release && cmake --build --preset release --target train
    python3 benchmarks/peers/compare.py --data FOLDER --sets ml-100k ml-1m shape:ml20m

The objective is that of Hu, Koren, Volinsky 2008, over all pairs of user and item:

    sum c (p - x.y)^2 + lambda (sum |x|^2 + sum |y|^2),   c = 1 + alpha r,   p = 1 if r > 0

Each library gets it in its own terms (see the functions `run_*`) and starts from its own random
numbers. One scorer judges all factors, in double. Each run is its own process; repetitions are
interleaved. Further runs, which are not timed, follow the objective from epoch to epoch. Every
result goes to the JSON file at once: the same call resumes, another choice of sets, factors or
contestants adds to it, and `--report` only prints.

Seconds per epoch are those after the first epoch, without the preparation of the data. The peak
memory counts from the time when the matrix is loaded. It includes the matrix and, except for als,
Python with its modules (70 to 170 MiB).
"""
import argparse
import functools
import gzip
import importlib.metadata
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
REQUIREMENTS = HERE / "requirements.txt"
CONTESTANTS = [  # cmfrec last: its search for an epoch needs to know what the others have reached
    "als exact", "als cg",
    "implicit cg", "implicit cholesky",
    "irspack cg", "irspack cholesky", "irspack ialspp",
    "cmfrec cholesky",
]
CLOSE = 1.01  # "within 1 % of the best"


# ----------------------------------------------------------------------------------- the matrices

def load(path):
    """The matrix of a file in the layout that train.cpp describes."""
    import numpy as np
    import scipy.sparse
    with open(path, "rb") as file:
        users, items, entries = np.fromfile(file, np.int64, 3)
        offsets = np.fromfile(file, np.int64, users + 1)
        ids = np.fromfile(file, np.int32, entries)
        values = np.fromfile(file, np.float32, entries)
    if entries < 2**31:
        offsets = offsets.astype(np.int32)  # like SciPy itself
    return scipy.sparse.csr_matrix((values, ids, offsets), shape=(users, items))


def save(matrix, path):
    """Writes a matrix in that layout."""
    import numpy as np
    with open(path, "wb") as file:
        np.array([*matrix.shape, matrix.nnz], np.int64).tofile(file)
        matrix.indptr.astype(np.int64).tofile(file)
        matrix.indices.astype(np.int32).tofile(file)
        matrix.data.astype(np.float32).tofile(file)


def convert(source, target, least=None):
    """Writes ratings (user, item, rating, ...) with ids of any kind as a matrix file; with `least`,
    only those of at least this value, as 1."""
    import numpy as np
    import scipy.sparse
    opened = gzip.open if source.suffix == ".gz" else open
    with opened(source, "rt") as file:
        lines = (line.replace("::", "\t") for line in file)
        table = np.loadtxt(lines, delimiter="\t", usecols=(0, 1, 2), dtype=np.float64)
    if least is not None:
        table = table[table[:, 2] >= least]
        table[:, 2] = 1
    users, rows = np.unique(table[:, 0], return_inverse=True)
    items, columns = np.unique(table[:, 1], return_inverse=True)
    save(scipy.sparse.csr_matrix((table[:, 2], (rows, columns)), shape=(len(users), len(items))),
         target)


def matrix_file(name, options):
    path = options.work / (name.replace(":", "-") + ".csr")
    if path.exists():
        return path
    options.work.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    if name.startswith("shape:"):
        subprocess.run([options.train, name, "--export", unfinished], check=True)
    else:
        names = ["u.data", "ratings.dat", "ratings_uir.tsv.gz"]
        folder, _, least = name.partition(">=")
        candidates = [options.data / folder / file for file in names]
        sources = [file for file in candidates if file.exists()]
        if not sources:
            sys.exit(f"compare.py: none of {', '.join(map(str, candidates))}; see --data")
        convert(sources[0], unfinished, float(least) if least else None)
    unfinished.rename(path)
    return path


class Scorer:
    """The objective in double, by the Gram trick: all pairs are scored as absent first."""

    def __init__(self, job):
        matrix = load(job["matrix"])
        self.offsets, self.ids = matrix.indptr, matrix.indices
        self.confidence = 1 + job["alpha"] * matrix.data.astype("float64")
        self.regularization = job["regularization"]

    def __call__(self, users, items):
        import numpy as np
        x, y = users.astype(np.float64), items.astype(np.float64)
        scores = np.empty(len(self.ids))
        for user, (begin, end) in enumerate(zip(self.offsets[:-1], self.offsets[1:])):
            np.dot(y.take(self.ids[begin:end], axis=0), x[user], out=scores[begin:end])
        observed = self.confidence @ (1 - scores) ** 2 - scores @ scores
        absent = np.sum((x.T @ x) * (y.T @ y))
        return float(observed + absent + self.regularization * ((x * x).sum() + (y * y).sum()))


# ------------------------------------------------------------------------------- the contestants
# Each trains for job["epochs"] epochs and returns what it measured. If `follow` is given, it is
# called with the epoch and both sides' factors, and nothing is measured.

def peak_memory(reset=False):
    """Greatest resident size since the last reset, in bytes (Linux)."""
    if reset:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) * 1024


def outcome(epoch_seconds, total):
    counted = epoch_seconds[1:] or epoch_seconds
    return {"seconds_per_epoch": statistics.mean(counted), "seconds": total,
            "epoch_seconds": epoch_seconds, "peak_memory": peak_memory()}


def run_als(job, follow, solver):
    solver, _, instruction_set = solver.partition("@")
    command = [job["train"], job["matrix"], "--solver", solver,
               "--instruction-set", instruction_set or "automatic",
               "--factors", job["factors"], "--alpha", job["alpha"],
               "--regularization", job["regularization"], "--iterations", job["epochs"],
               "--threads", job["threads"], "--seed", job["seed"]]

    def output(*more):
        done = subprocess.run([str(word) for word in [*command, *more]], capture_output=True,
                              text=True)
        return done.stdout if done.returncode == 0 else sys.exit(done.stderr or done.returncode)

    if not follow:
        result = json.loads(output())
        result["seconds_per_epoch"] = result.pop("seconds_per_epoch_by_difference")
        return result

    import numpy as np
    with tempfile.TemporaryDirectory(dir=job["work"]) as folder:
        prefix = pathlib.Path(folder) / "factors"
        output("--save", prefix)
        for epoch in range(1, job["epochs"] + 1):
            sides = [np.fromfile(f"{prefix}.{epoch}.{side}.f32", np.float32)
                     .reshape(-1, job["factors"]) for side in ("users", "items")]
            follow(epoch, *sides)
    return {}


def run_implicit(job, follow, solver):
    """Its matrix holds the confidence c itself, not c - 1, and alpha multiplies it."""
    from implicit.cpu.als import AlternatingLeastSquares
    matrix = load(job["matrix"])
    matrix.data *= job["alpha"]
    matrix.data += 1
    model = AlternatingLeastSquares(
        factors=job["factors"], regularization=job["regularization"], alpha=1.0,
        use_cg=solver == "cg", iterations=job["epochs"], num_threads=job["threads"],
        random_state=job["seed"])
    epochs = []

    def after_epoch(iteration, seconds, _):
        epochs.append(seconds)
        if follow:
            follow(iteration + 1, model.user_factors, model.item_factors)

    peak_memory(reset=True)
    began = time.perf_counter()
    model.fit(matrix, show_progress=False, callback=after_epoch)
    return outcome(epochs, time.perf_counter() - began)


def run_irspack(job, follow, solver):
    """Loss ORIGINAL: c = alpha0 + X at stored cells, alpha0 elsewhere; nu = 0: one lambda for
    all rows."""
    from irspack import IALSRecommender
    matrix = load(job["matrix"])
    matrix.data *= job["alpha"]
    peak_memory(reset=True)
    began = time.perf_counter()
    model = IALSRecommender(
        matrix, n_components=job["factors"], alpha0=1.0, reg=job["regularization"], nu=0.0,
        loss_type="ORIGINAL", solver_type=solver.upper(), n_threads=job["threads"],
        random_seed=job["seed"])
    model.start_learning()
    epochs = []
    for epoch in range(1, job["epochs"] + 1):
        epoch_began = time.perf_counter()
        model.run_epoch()
        epochs.append(time.perf_counter() - epoch_began)
        if follow:
            follow(epoch, model.get_user_embedding(), model.get_item_embedding())
    return outcome(epochs, time.perf_counter() - began)


def run_cmfrec(job, follow, solver):
    """c = 1 + alpha X. It shows nothing between its epochs, so the time of one is the difference of
    two trainings, and bisection finds the first epoch with a given objective."""
    from cmfrec import CMF_implicit
    matrix = load(job["matrix"]).tocoo()

    def fit(epochs):
        began = time.perf_counter()
        model = CMF_implicit(
            k=job["factors"], lambda_=float(job["regularization"]), alpha=float(job["alpha"]),
            use_cg=solver == "cg", niter=epochs, use_float=True, precompute_for_predictions=False,
            nthreads=job["threads"], random_state=job["seed"], verbose=False).fit(matrix)
        return time.perf_counter() - began, model

    if not follow:
        peak_memory(reset=True)
        seconds, model = fit(job["epochs"])
        memory = peak_memory()
        del model
        more = job["epochs"] - 1
        each = (seconds - fit(1)[0]) / more if more else seconds
        return {"seconds_per_epoch": each, "seconds": seconds, "peak_memory": memory}

    def objective(epoch):
        model = fit(epoch)[1]
        return follow(epoch, model.A_, model.B_)

    too_few, enough = 0, job["epochs"]
    if objective(enough) > job["target"]:
        return {}
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        if objective(middle) > job["target"]:
            too_few = middle
        else:
            enough = middle
    return {}


RUNNERS = {"als": run_als, "implicit": run_implicit, "irspack": run_irspack, "cmfrec": run_cmfrec}


def work(job):
    """One run, in its own process; the last line printed is its result."""
    library, solver = job["contestant"].split()
    objectives = {}
    follow = None
    if job["follow"]:
        score = Scorer(job)

        def follow(epoch, users, items):
            objectives[epoch] = score(users, items)
            return objectives[epoch]

    result = RUNNERS[library](job, follow, solver)
    print(json.dumps({"objectives": objectives} if follow else result))


# ------------------------------------------------------------------------------------ the driver

def run_of(job, options):
    """The result of one run, or {"failed": why}."""
    environment = dict(os.environ, OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1",
                       OMP_NUM_THREADS=str(options.threads))
    try:
        done = subprocess.run(
            [sys.executable, __file__, "--worker", json.dumps(job)], env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=options.timeout)
    except subprocess.TimeoutExpired:
        return {"failed": f"more than {options.timeout} s"}
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()
        return {"failed": lines[-1] if lines else f"exit code {done.returncode}"}
    return json.loads(done.stdout.strip().splitlines()[-1])


def key(name, factors, contestant, kind):
    return f"{name} | {factors} | {contestant} | {kind}"


def best_objective(runs, name, factors):
    """The lowest objective that any contestant has reached, or None."""
    return min((value for key_, run in runs.items()
                if key_.startswith(f"{name} | {factors} | ") and key_.endswith(" | objectives")
                for value in run.get("objectives", {}).values()), default=None)


def jobs(options):
    """(set, factors, contestant, kind), repetitions outermost; the objectives after the first."""
    for repetition in range(options.repetitions):
        for kind in [f"repetition {repetition + 1}"] + ["objectives"] * (repetition == 0):
            for name in options.sets:
                for factors in options.factors:
                    for contestant in options.contestants:
                        if kind != "objectives" or contestant not in options.not_followed:
                            yield name, factors, contestant, kind


def measure(options, results):
    runs = results["runs"]
    for name, factors, contestant, kind in jobs(options):
        id_ = key(name, factors, contestant, kind)
        if id_ in runs and not (options.retry and "failed" in runs[id_]):
            continue
        best = best_objective(runs, name, factors)
        follow = kind == "objectives"
        job = {
            "contestant": contestant, "factors": factors, "matrix": str(matrix_file(name, options)),
            "alpha": options.alpha, "regularization": options.regularization,
            "epochs": options.epochs if follow else options.timed_epochs,
            "threads": options.threads, "seed": 1 if follow else int(kind.split()[1]),
            "follow": follow, "target": best * CLOSE if best else 0,
            "train": str(options.train), "work": str(options.work)}
        began = time.perf_counter()
        runs[id_] = run_of(job, options)
        took = time.perf_counter() - began
        print(f"{id_}: {runs[id_].get('failed', 'done')} ({took:.1f} s)", file=sys.stderr)
        unfinished = options.results.with_suffix(".part")
        unfinished.write_text(json.dumps(results, indent=1))
        unfinished.replace(options.results)


def row_of(runs, name, factors, contestant, best):
    """One line of the table."""
    mine = {id_.rsplit(" | ", 1)[1]: run for id_, run in runs.items()
            if id_.startswith(key(name, factors, contestant, ""))}
    row = [contestant, "", "", "", "", ""]
    for kind, run in mine.items():
        if "failed" in run:
            row[2 if kind == "objectives" else 1] = f"failed: {run['failed']}"
    timed = [run for run in mine.values() if "seconds_per_epoch" in run]
    each = [run["seconds_per_epoch"] for run in timed]
    if timed:
        row[1] = f"{statistics.median(each):.4g} ({min(each):.4g} to {max(each):.4g})"
        row[5] = f"{max(run['peak_memory'] for run in timed) / 2**20:.0f}"
    objectives = {int(epoch): value
                  for epoch, value in mine.get("objectives", {}).get("objectives", {}).items()}
    if objectives:
        last = objectives[max(objectives)]
        row[2] = f"{last:.6g} (+{100 * (last / best - 1):.2f} %)"
        close = min((epoch for epoch, value in objectives.items() if value <= CLOSE * best),
                    default=None)
        row[3] = str(close or "not reached")
        if close and timed:
            row[4] = f"{close * statistics.median(each):.4g}"
    return row


def report(results):
    """Prints what there is as Markdown."""
    runs, settings = results["runs"], results["settings"]
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    print(f"alpha {settings['alpha']:g}, lambda {settings['regularization']:g}, "
          f"{settings['epochs']} epochs ({settings['timed_epochs']} in the timed runs), "
          f"{settings['threads']} threads; {results['machine']}; "
          f"{versions}")
    for name, factors in dict.fromkeys(tuple(id_.split(" | ")[:2]) for id_ in runs):
        best = best_objective(runs, name, factors)
        print(f"\n### {name}, {factors} factors\n")
        print("| | seconds per epoch | objective at the end | epochs to 1 % | seconds to 1 % "
              "| peak MiB |\n|---|---|---|---|---|---|")
        for contestant in dict.fromkeys(id_.split(" | ")[2] for id_ in runs
                                        if id_.startswith(f"{name} | {factors} | ")):
            print("| " + " | ".join(row_of(runs, name, factors, contestant, best)) + " |")


def enter_environment(folder):
    """Continues in a virtual environment with the requirements, and makes it if it is missing."""
    if pathlib.Path(sys.prefix).resolve() == folder.resolve():
        return
    python = folder / "bin" / "python"
    installed = folder / "requirements.txt"  # a copy, written when everything is installed
    if not installed.exists() or installed.read_text() != REQUIREMENTS.read_text():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", REQUIREMENTS], check=True)
        installed.write_text(REQUIREMENTS.read_text())
    os.execv(python, [str(python), *sys.argv])


def processor():
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.split(":")[1].strip() for line in file if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    path = functools.partial(parser.add_argument, type=pathlib.Path, metavar="PATH")
    path("--data", default=pathlib.Path("data"), help="folder with ml-100k/ and ml-1m/")
    path("--train", default=ROOT / "build/release/benchmarks/train", help="the program train")
    path("--venv", default=ROOT / "build/peers-venv", help="virtual environment, made if missing")
    path("--work", default=ROOT / "build/peers-work", help="folder for matrices and factors")
    path("--results", default=ROOT / "build/peers.json", help="JSON file that grows with each run")
    parser.add_argument("--sets", nargs="+", metavar="SET",
                        default=["ml-100k", "ml-1m", "shape:ml20m"],
                        help="ml-100k, ml-1m, or shape:NAME of shapes.hpp; ml-100k>=4 has the "
                        "ratings of at least 4, as 1")
    parser.add_argument("--factors", nargs="+", type=int, default=[64, 128, 256])
    parser.add_argument("--contestants", nargs="+", default=CONTESTANTS, metavar="NAME",
                        help=f"of {CONTESTANTS}; 'als exact@avx2' names an instruction set")
    parser.add_argument("--not-followed", nargs="+", default=[], metavar="NAME",
                        help="contestants that are timed only, their objective not followed")
    parser.add_argument("--epochs", type=int, default=15, help="of the runs that are not timed")
    parser.add_argument("--timed-epochs", type=int, default=4)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--alpha", type=float, default=4)
    parser.add_argument("--regularization", type=float, default=10, help="lambda")
    parser.add_argument("--timeout", type=float, default=3600, help="seconds that a run may take")
    parser.add_argument("--retry", action="store_true", help="run again what has failed before")
    parser.add_argument("--report", action="store_true", help="print the results and run nothing")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(json.loads(options.worker))
        return

    settings = {name: getattr(options, name)
                for name in ("alpha", "regularization", "epochs", "timed_epochs", "threads")}
    results = {"settings": settings, "machine": processor(), "versions": {}, "runs": {}}
    if options.results.exists():
        results = json.loads(options.results.read_text())
    if not options.report:
        enter_environment(options.venv)
        if results["settings"] != settings:
            sys.exit(f"compare.py: {options.results} has runs with {results['settings']}; "
                     "name another file with --results")
        used = {contestant.split()[0] for contestant in options.contestants} - {"als"}
        results["versions"] |= {name: importlib.metadata.version(name)
                                for name in sorted(used | {"numpy", "scipy"})}
        measure(options, results)
    report(results)


if __name__ == "__main__":
    main()
