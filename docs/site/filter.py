# SPDX-License-Identifier: MIT
"""Prints a public header as Doxygen reads it best, line by line: its opening comment describes the
file, and names of types in backquotes become links. The inline namespace is gone, and so are
defaulted members, of which there is nothing to say."""
import re
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    text = file.read()

opening = re.compile(r"\A// SPDX.*\n((?://.*\n)+)")
text = opening.sub(lambda found: "/// @file\n" + re.sub("(?m)^//", "///", found[1]), text)
text = re.sub(r"(?m)^(inline namespace ALS_ABI \{|\}  // inline namespace)$", "", text)
text = re.sub(r"(?m)^ +(\w+& operator=|\w+)\(const \w+&\) = default;$", "", text)
text = text.replace(" et al. ", r" et al.\ ")
text = re.sub(r"(///.*)", lambda line: re.sub(r"`((?:[A-Z]\w*::)*[A-Z]\w*[a-z]\w*(?:::\w+)?)`",
                                              r"<tt>\1</tt>", line[1]), text)
sys.stdout.write(text)
