#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How do time and memory grow with the data and with the factors? Runs `train`, draws three plots.

    cmake --preset release && cmake --build --preset release --target train
    python3 benchmarks/growth.py

trains the exact solver on the shapes 1m ... 100m with 64 factors (docs/growth-entries.svg: time per
epoch and peak memory), with 16 ... 512 factors on one shape (docs/growth-factors.svg), and with 8,
10, 12 ... 160 factors for each of two instruction sets (docs/growth-steps.svg, the fastest runs).
Each run is its own process. Repetitions are interleaved, and the first two plots show medians and
ranges. Every result goes to the JSON file at once: the same call resumes, another choice adds to
it, and `--report` only prints and draws.

An epoch is the difference between trainings with `--iterations` epochs and with one, divided by the
number of further epochs. The peak memory counts from the time when the matrix is loaded, and
includes the matrix.
"""
import argparse
import json
import math
import os
import pathlib
import platform
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PARTS = ["entries", "factors", "steps"]
GIB = 2**30


def documented_memory(users, items, entries, factors, threads):
    """Bytes of interactions and `fit`, by the formulas of docs/mathematics.md, in float.

    A row has at most as many cells as the other side has rows. The parts of long rows, and their
    cells, are counted for such a row.
    """
    s, k = 4, factors
    padded = (k + 15) // 16 * 16
    longest = max(users, items)
    blocks = min(4 * threads, longest / 512, 256)
    return (2 * (4 + s) * entries + 8 * (users + items)
            + s * k * (users + items)
            + s * padded * longest
            + 4 * (users + items)
            + 8 * k**2 * (blocks + 2)
            + threads * s * (max(256, k) * padded + k * padded)
            + (threads * 16 * s * k * padded if longest > 8192 else 0)
            + 48 * threads * longest)


# ------------------------------------------------------------------------------------ measuring

def processor():
    try:
        for line in open("/proc/cpuinfo"):
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def key_of(job, options):
    shape, factors, instructions = job
    key = f"{shape} k={factors} threads={options.threads}"
    return key if instructions == "automatic" else f"{key} {instructions}"


def run_all(jobs, options, results):
    for repetition in range(options.repetitions):
        for job in jobs:
            shape, factors, instructions = job
            key = key_of(job, options)
            runs = results["runs"].setdefault(key, [])
            if len(runs) > repetition:
                continue
            print(f"{key}, repetition {repetition + 1}", flush=True)
            output = subprocess.run(
                [options.train.resolve(), f"shape:{shape}", "--solver", "exact",
                 "--factors", str(factors), "--iterations", str(options.iterations),
                 "--threads", str(options.threads), "--instruction-set", instructions],
                check=True, stdout=subprocess.PIPE, text=True).stdout
            runs.append({"shape": shape, "threads": options.threads, **json.loads(output)})
            unfinished = options.results.with_suffix(".unfinished")
            unfinished.write_text(json.dumps(results, indent=1))
            os.replace(unfinished, options.results)


def points(jobs, options, results):
    """Medians and ranges of what has been measured."""
    found = []
    for job in jobs:
        shape, _, instructions = job
        runs = results["runs"].get(key_of(job, options), [])
        if not runs:
            continue
        seconds = [run["seconds_per_epoch_by_difference"] for run in runs]
        if min(seconds) <= 0:
            sys.exit(f"{key_of(job, options)}: an epoch took {min(seconds):.4f} s by difference: "
                     "measure again, with more --iterations")
        found.append({
            **{name: runs[0][name] for name in ("users", "items", "entries", "factors")},
            "shape": shape, "instructions": instructions, "fastest": min(seconds),
            "seconds": statistics.median(seconds), "range": (min(seconds), max(seconds)),
            "memory": statistics.median(run["peak_memory"] for run in runs),
            "documented": documented_memory(*(runs[0][name] for name in (
                "users", "items", "entries", "factors")), options.threads)})
    return found


def report(found):
    print("\n| shape | entries | k | s/epoch | range | peak memory, GiB | documented, GiB |")
    print("|---|---|---|---|---|---|---|")
    for p in found:
        low, high = p["range"]
        print(f"| {p['shape']} | {p['entries']} | {p['factors']} | {p['seconds']:.3f} | "
              f"{low:.3f}-{high:.3f} | {p['memory'] / GIB:.3f} | {p['documented'] / GIB:.3f} |")


# --------------------------------------------------------------------------------------- drawing

BLUE, ORANGE, GREY = "#1f5fa8", "#c4560c", "#8a8a8a"
WIDTH, HEIGHT = 430, 360  # of a plot with its labels
LEFT, RIGHT, TOP, BOTTOM = 68, 18, 44, 52


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def short(value):
    for size, suffix in (1e9, "G"), (1e6, "M"):
        if value >= size:
            return f"{value / size:g}{suffix}"
    return f"{value:g}"


def decades(values):
    """From 1, 2 or 5 times a power of ten to another, with all values strictly between."""
    steps = [m * 10.0**e for e in range(-9, 13) for m in (1, 2, 5)]
    return (max(s for s in steps if s < min(values) / 1.05),
            min(s for s in steps if s > max(values) * 1.05))


class Plot:
    """A plot with two logarithmic axes, from `x` to `y`, placed `column` plots from the left."""

    def __init__(self, column, title, x_label, y_label, xs, ys, x_ticks=None):
        self.offset = column * WIDTH
        self.x_range = decades(xs)
        self.y_range = decades(ys)
        self.marks = []
        self.legend_rows = 0
        right, bottom = self.offset + WIDTH - RIGHT, HEIGHT - BOTTOM
        left = self.offset + LEFT
        middle = (left + right) / 2
        self.text(middle, 22, title, size=14, weight="bold")
        self.text(middle, HEIGHT - 12, x_label)
        y = (TOP + bottom) / 2
        self.text(self.offset + 16, y, y_label,
                  extra=f' transform="rotate(-90 {self.offset + 16} {y})"')
        for value in x_ticks or self.ticks(self.x_range):
            x = self.at(value, self.y_range[0])[0]
            self.line((x, TOP), (x, bottom), "#e4e4e4", 1)
            self.text(x, bottom + 18, short(value))
        for value in self.ticks(self.y_range):
            y = self.at(self.x_range[0], value)[1]
            self.line((left, y), (right, y), "#e4e4e4", 1)
            self.text(left - 7, y + 4, short(value), anchor="end")
        self.marks.append(f'<rect x="{left}" y="{TOP}" width="{right - left}" '
                          f'height="{bottom - TOP}" fill="none" stroke="#444444"/>')

    @staticmethod
    def ticks(limits):
        low, high = limits
        few = math.log10(high / low) > 2.5
        return [m * 10.0**e for e in range(-9, 13) for m in ((1,) if few else (1, 2, 5))
                if low * 0.999 <= m * 10.0**e <= high * 1.001]

    def at(self, x, y):
        def part(value, limits):
            return math.log(value / limits[0]) / math.log(limits[1] / limits[0])
        return (self.offset + LEFT + part(x, self.x_range) * (WIDTH - LEFT - RIGHT),
                HEIGHT - BOTTOM - part(y, self.y_range) * (HEIGHT - TOP - BOTTOM))

    def text(self, x, y, text, size=12, anchor="middle", weight="normal", extra=""):
        self.marks.append(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" '
                          f'font-weight="{weight}" text-anchor="{anchor}"{extra}>'
                          f'{escaped(text)}</text>')

    def line(self, a, b, colour, width, dash=""):
        dash = f' stroke-dasharray="{dash}"' if dash else ""
        self.marks.append(f'<line x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}" '
                          f'stroke="{colour}" stroke-width="{width}"{dash}/>')

    def legend(self, text, colour, dash):
        y = TOP + 18 + 18 * self.legend_rows
        x = self.offset + LEFT + 10
        self.legend_rows += 1
        self.line((x, y - 4), (x + 24, y - 4), colour, 2, dash)
        self.text(x + 31, y, text, anchor="start")

    def curve(self, name, xs, ys, colour, dash="", dots=True, ranges=()):
        for a, b in zip(zip(xs, ys), zip(xs[1:], ys[1:])):
            self.line(self.at(*a), self.at(*b), colour, 2, dash)
        for x, (low, high) in zip(xs, ranges):
            self.line(self.at(x, low), self.at(x, high), colour, 1.5)
        for x, y in zip(xs, ys) if dots else ():
            px, py = self.at(x, y)
            self.marks.append(f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3.5" fill="{colour}"/>')
        self.legend(name, colour, dash)

    def slope(self, name, exponent, x0, y0):
        """Draws y0 (x / x0)^exponent within the plot."""
        (left, right), (bottom, top) = self.x_range, self.y_range
        a = max(left, x0 * (bottom / y0) ** (1 / exponent))
        b = min(right, x0 * (top / y0) ** (1 / exponent))
        self.line(self.at(a, y0 * (a / x0) ** exponent), self.at(b, y0 * (b / x0) ** exponent),
                  GREY, 1.5, "5 4")
        self.legend(name, GREY, "5 4")


def write_svg(path, plots, caption):
    width, height = WIDTH * len(plots), HEIGHT + 22
    marks = "\n".join(mark for plot in plots for mark in plot.marks)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The background is drawn because otherwise a dark page would show through.
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif" fill="#222222">\n'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n{marks}\n'
        f'<text x="{width / 2}" y="{height - 8}" font-size="11" text-anchor="middle" '
        f'fill="#555555">{escaped(caption)}</text>\n</svg>\n')
    print(f"wrote {path}")


def draw_entries(found, caption, path):
    xs = [p["entries"] for p in found]
    seconds = [p["seconds"] for p in found]
    memory = [p["memory"] / GIB for p in found]
    documented = [p["documented"] / GIB for p in found]
    factors = found[0]["factors"]
    spread = [value for p in found for value in p["range"]]
    # Both lines of slope 1 start at the first point: what lies above grows faster than the data.
    time = Plot(0, f"Time per epoch, k = {factors}", "entries", "seconds", xs, spread)
    time.slope("proportional to entries", 1, xs[0], seconds[0])
    time.curve("exact solver", xs, seconds, BLUE, ranges=[p["range"] for p in found])
    space = Plot(1, f"Peak memory, k = {factors}", "entries", "GiB", xs, memory + documented)
    space.slope("proportional to entries", 1, xs[0], memory[0])
    space.curve("documented formula", xs, documented, ORANGE, "2 3", dots=False)
    space.curve("measured", xs, memory, BLUE)
    write_svg(path, [time, space], caption)


def draw_factors(found, caption, path):
    xs = [p["factors"] for p in found]
    seconds = [p["seconds"] for p in found]
    spread = [value for p in found for value in p["range"]]
    plot = Plot(0, f"Time per epoch, {short(found[0]['entries'])} entries", "factors k", "seconds",
                xs, spread, x_ticks=xs)
    # Through the last point, where the terms of k^2 dominate.
    plot.slope("proportional to k²", 2, xs[-1], seconds[-1])
    plot.curve("exact solver", xs, seconds, BLUE, ranges=[p["range"] for p in found])
    write_svg(path, [plot], caption)


def draw_steps(found, caption, path):
    sets = dict.fromkeys(p["instructions"] for p in found)
    plot = Plot(0, f"Time per epoch, {short(found[0]['entries'])} entries", "factors k", "seconds",
                [p["factors"] for p in found], [p["fastest"] for p in found],
                x_ticks=[8, 16, 32, 64, 96, 128, 160])
    for name, colour in zip(sets, (BLUE, ORANGE, GREY)):
        ours = [p for p in found if p["instructions"] == name]
        plot.curve(name, [p["factors"] for p in ours], [p["fastest"] for p in ours], colour,
                   dots=False)
        jumps = [(b["fastest"] / a["fastest"] - 1, b["factors"]) for a, b in zip(ours, ours[1:])]
        print(f"{name}: jumps above 10 %:",
              ", ".join(f"{jump:+.0%} at {k}" for jump, k in jumps if jump > 0.1) or "none")
    write_svg(path, [plot], caption)


# ------------------------------------------------------------------------------------------ main

def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    path = dict(type=pathlib.Path, metavar="PATH")
    parser.add_argument("--train", **path, default=ROOT / "build/release/benchmarks/train")
    parser.add_argument("--results", **path, default=ROOT / "build/growth.json",
                        help="JSON file that grows with each run")
    parser.add_argument("--plots", **path, default=ROOT / "docs", help="folder of the plots")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, metavar="PART",
                        help=" or ".join(PARTS))
    parser.add_argument("--shapes", nargs="+", default=["1m", "3m", "10m", "30m", "100m"],
                        metavar="NAME", help="of the part `entries`, in ascending order")
    parser.add_argument("--shapes-factors", type=int, default=64, metavar="K",
                        help="factors of the part `entries`")
    parser.add_argument("--factors", nargs="+", type=int, default=[16, 32, 64, 128, 256, 512],
                        metavar="K", help="of the part `factors`, in ascending order")
    parser.add_argument("--factors-shape", default="3m", metavar="NAME",
                        help="shape of the part `factors`")
    parser.add_argument("--steps-shape", default="1m", metavar="NAME",
                        help="shape of the part `steps`")
    parser.add_argument("--steps-sets", nargs="+", default=["avx512", "avx2"], metavar="SET",
                        help="instruction sets of the part `steps`")
    parser.add_argument("--iterations", type=int, default=4, help="at least 2")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--report", action="store_true", help="run nothing")
    options = parser.parse_args()
    if options.iterations < 2:
        parser.error("--iterations is less than 2")

    results = {"processor": processor(), "runs": {}}
    if options.results.exists():
        results = json.loads(options.results.read_text())
        if results["processor"] != processor() and not options.report:
            sys.exit(f"{options.results} is of another processor: {results['processor']}")
    options.results.parent.mkdir(parents=True, exist_ok=True)

    jobs = {"entries": [(shape, options.shapes_factors, "automatic") for shape in options.shapes],
            "factors": [(options.factors_shape, k, "automatic") for k in options.factors],
            "steps": [(options.steps_shape, k, name) for k in range(8, 161, 2)
                      for name in options.steps_sets]}
    chosen = {part: jobs[part] for part in options.parts}
    if not options.report:
        run_all(dict.fromkeys(job for part in chosen.values() for job in part), options, results)
    caption = f"float, {options.threads} threads, {results['processor']}"
    draw = {"entries": draw_entries, "factors": draw_factors, "steps": draw_steps}
    for part, wanted in chosen.items():
        found = points(wanted, options, results)
        if not found:
            continue
        report(found)
        draw[part](found, caption, options.plots / f"growth-{part}.svg")


if __name__ == "__main__":
    main()
