"""Compares two CSV files of registration outcomes in the columns that they share.

Usage: compare_outcomes.py ACTUAL EXPECTED; prints the number of equal rows, or the first difference and exits with 1.
"""

import csv
import sys


def read(name):
    with open(name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main():
    actual, expected = read(sys.argv[1]), read(sys.argv[2])
    columns = list(expected[0])
    missing = set(columns) - set(actual[0])
    if missing:
        sys.exit(f"columns are missing: {sorted(missing)}")
    for got, want in zip(actual, expected):
        for column in columns:
            if got[column] != want[column]:
                sys.exit(f"line {want['line']}: {column} is {got[column]!r} and should be {want[column]!r}: {got}")
    if len(actual) != len(expected):
        sys.exit(f"{len(actual)} rows in place of {len(expected)}")
    print(len(actual))


main()
