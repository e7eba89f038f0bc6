"""Checks that the walk in ARCHITECTURE.md names files and symbols that exist.

A step of the walk is a line such as:  3. `path/to/file.cc`: `Symbol`, `Other`: what happens there
"""

import pathlib
import re
import sys


def main():
    text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    walk = text.split("## The life of one BookPlace", 1)[1].split("\n## ", 1)[0]
    steps = symbols = 0
    for line in walk.splitlines():
        match = re.match(r"\d+\. `([^`]+)`: ((?:`[^`]+`(?:, )?)+)", line)
        if not match:
            continue
        steps += 1
        path = pathlib.Path(match.group(1))
        if not path.is_file():
            sys.exit(f"{path} does not exist")
        source = path.read_text(encoding="utf-8")
        for symbol in re.findall(r"`([^`]+)`", match.group(2)):
            symbols += 1
            if symbol not in source:
                sys.exit(f"{path} does not contain {symbol}")
    if steps < 8:
        sys.exit(f"the walk has {steps} steps only: is its form right?")
    print(f"walk: {steps} files and {symbols} symbols exist")


main()
