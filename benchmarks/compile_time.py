#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How long does a program take to compile? Ratios to a program that only uses Eigen's LLT.

    compile_time.py [--compiler g++]... [--repetitions 3] [--eigen FOLDER] [--check]

Each program is compiled by `COMPILER -std=c++20 -O2 -c`, all of them in turn, repeatedly. The table
has the medians of the user time, as ratios to that of the LLT program, and the peak memory.
`compiled` programs define ALS_COMPILED, like users of als::compiled. `--check` fails if a ratio is
far above that of docs/performance.md.
"""

import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

LLT = """
#include <Eigen/Cholesky>
#include <iostream>
int main() {
    Eigen::MatrixXf a = Eigen::MatrixXf::Random(8, 8);
    a = (a * a.transpose()).eval();
    a.diagonal().array() += 1;
    const Eigen::VectorXf b = Eigen::VectorXf::Ones(8);
    std::cout << a.llt().solve(b).transpose() << '\\n';
}
"""

FIT = """
#include <als/als.hpp>
#include <iostream>
int main() {
    const std::vector<als::Entry<float>> entries{
        {als::User{0}, als::Item{0}, 1}, {als::User{0}, als::Item{1}, 1}, {als::User{1}, als::Item{1}, 1}};
    const als::Interactions<float> data(2, 2, entries);
    const als::Model<float> model = als::fit(data, %s{}, {.factors = 2});
    for (const auto& [item, score] : als::recommend(model, als::User{0}, {.count = 1}))
        std::cout << item.index << ' ' << score << '\\n';
}
"""

LOAD = """
#include <als/als.hpp>
#include <iostream>
int main(int, char** arguments) {
    const als::Model<float> model = als::load<float>(arguments[1]);
    for (const auto& [item, score] : als::recommend(model, als::User{0}, {.count = 1}))
        std::cout << item.index << ' ' << score << '\\n';
}
"""

NARROW = LOAD.replace("<als/als.hpp>", "<als/model_file.hpp>\n#include <als/recommend.hpp>")

# Name, source, further options, and the ratio above which --check fails (about 1.5 times the
# measured one).
PROGRAMS = [
    ("Eigen's LLT", LLT, [], None),
    ("#include <als/als.hpp>", "#include <als/als.hpp>\nint main() {}\n", [], 0.8),
    ("fit(Implicit), recommend", FIT % "als::Implicit", [], 3.8),
    ("fit(Explicit), recommend", FIT % "als::Explicit", [], 3.8),
    ("load, recommend", LOAD, [], 2.3),
    ("the same, narrow headers", NARROW, [], 2.3),
    ("fit(Implicit), recommend, compiled", FIT % "als::Implicit", ["-DALS_COMPILED"], 1.2),
    ("load, recommend, compiled", LOAD, ["-DALS_COMPILED"], 1.2),
]


def compile_once(compiler, source, options, eigen, folder):
    """User seconds and peak MB of one compilation, measured in its own process."""
    path = pathlib.Path(folder) / "program.cpp"
    path.write_text(source)
    command = [compiler, "-std=c++20", "-O2", *options, "-I", str(ROOT / "include"),
               "-isystem", eigen, "-c", str(path), "-o", str(path.with_suffix(".o"))]
    measure = ("import resource, subprocess, sys\n"
               "subprocess.run(sys.argv[1:], check=True)\n"
               "usage = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
               "print(usage.ru_utime, usage.ru_maxrss)")
    output = subprocess.run([sys.executable, "-c", measure, *command], check=True,
                            capture_output=True, text=True)
    seconds, kilobytes = output.stdout.split()
    return float(seconds), float(kilobytes) / 1000


def median_ratio(compiler, name, ratio, options):
    """The median of this ratio and two more: on a busy machine, a single one errs by a third."""
    programs = {each[0]: each for each in PROGRAMS}
    ratios = [ratio]
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(2):
            base, own = (compile_once(compiler, *programs[each][1:3], options.eigen, folder)[0]
                         for each in ("Eigen's LLT", name))
            ratios.append(own / base)
    return statistics.median(ratios)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--compiler", action="append")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--eigen", default="/usr/include/eigen3")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    failed = False
    for compiler in options.compiler or ["g++"]:
        runs = {name: [] for name, *_ in PROGRAMS}
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(options.repetitions):
                for name, source, flags, _ in PROGRAMS:
                    runs[name].append(compile_once(compiler, source, flags, options.eigen, folder))
        seconds = {name: statistics.median(run[0] for run in runs[name]) for name in runs}
        base = seconds["Eigen's LLT"]
        version = subprocess.run([compiler, "--version"], capture_output=True, text=True)
        print(f"\n{version.stdout.splitlines()[0]}, -O2, user time of the LLT program {base:.2f} s\n")
        print(f"| {'program':36} | x LLT | seconds | peak MB |")
        print(f"|{'-' * 38}|-------|---------|---------|")
        for name, _, _, bound in PROGRAMS:
            ratio = seconds[name] / base
            memory = statistics.median(run[1] for run in runs[name])
            print(f"| {name:36} | {ratio:5.2f} | {seconds[name]:7.2f} | {memory:7.0f} |")
            if options.check and bound is not None and ratio > bound:
                ratio = median_ratio(compiler, name, ratio, options)
            if options.check and bound is not None and ratio > bound:
                failed = True
                print(f"{name}: {ratio:.2f} times the LLT program; at most {bound} are expected",
                      file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
