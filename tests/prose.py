# SPDX-License-Identifier: MIT
"""Prose is at most 100 columns wide: comments in sources, and the text of Markdown pages, where a
longer line may hold one whole sentence. Code, tables and the targets of links do not count. Files
of other kinds are not read.

    python3 tests/prose.py FILE...
"""
import re
import sys

WIDTH = 100
SIGNS = {"//": (".hpp", ".cpp", ".js"), "#": (".py", ".sh", ".cmake", ".txt", ".yml", "run")}
END = r"[.!?:][)*`\"]*$"  # of a sentence


def wide_prose(lines):
    """The numbers of the lines of a Markdown page that are too wide."""
    fence = None
    previous = ""
    for number, line in enumerate(lines, 1):
        mark = re.match(r" *(```+|~~~+)", line)
        if mark and fence in (None, line.strip()):
            fence = None if fence else mark[1]
        elif not fence and not re.match(r" {4}|\||<| *\[[^]]+\]: ", line):
            text = re.sub(r"\]\([^)]*\)", "]", line)
            begins = not previous.strip() or re.match(r" *([-*#]|\d+\.) ", line) \
                or re.search(END, previous)
            is_sentence = begins and re.search(END, text) \
                and not re.search(r"[a-z`)][.!?][)*\"]* +[*`\"]*[A-Z]", text)
            if len(text) > WIDTH and not is_sentence:
                yield number
        previous = line


def wide_comments(lines, sign):
    for number, line in enumerate(lines, 1):
        if line == f"{sign} Output:":  # at the end of an example
            return
        comment = re.search(rf"(^|\s){sign}+\s.*", line)
        if comment and len(line) > WIDTH and "://" not in comment[0]:
            yield number


def wide_lines(path):
    def lines():
        with open(path, encoding="utf-8") as file:
            return file.read().splitlines()

    if path.endswith(".md"):
        return wide_prose(lines())
    for sign, endings in SIGNS.items():
        if path.endswith(endings):
            return wide_comments(lines(), sign)
    return ()


found = [f"{path}:{number}" for path in sys.argv[1:] for number in wide_lines(path)]
for place in found:
    print(f"{place}: prose wider than {WIDTH} columns")
sys.exit(bool(found))
