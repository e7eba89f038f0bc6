"""Every table that is published, as CSV and JSON over HTTP and as CSV of equityctl (gRPC): the same, and nothing hidden is 0."""

import csv
import io
import json
import os
import subprocess
import sys
import urllib.parse
import urllib.request

ADDRESS = os.environ["EQUITY_HTTP"]


def get(path: str, **query: object) -> str:
    with urllib.request.urlopen(f"{ADDRESS}{path}?{urllib.parse.urlencode(query, doseq=True)}") as answer:
        return answer.read().decode()


def equityctl(*arguments: str) -> str:
    return subprocess.run(["equityctl", *arguments], check=True, capture_output=True, text=True).stdout


def shown(cell: dict) -> str:
    number = cell.get("number", cell.get("value"))
    if number is None:
        return ""
    return f"{number:g}" if isinstance(number, float) else str(number)


def check(condition: bool, *what: object) -> None:
    if not condition:
        sys.exit(" ".join(["FAILED:", *map(str, what)]))


tables = cells = hidden = 0
for measure in json.loads(get("/v1/public/measures"))["measures"]:
    for breakdown in measure["publishable"]:
        by = breakdown.get("dimensions", [])
        path = f"/v1/public/statistics/{measure['id']}"
        table = json.loads(get(path, dimensions=by))["table"]
        text = get(path, dimensions=by, format="csv")
        arguments = ["stats", "--public", "--measure", measure["id"], "--output", "csv"]
        if by:
            arguments += ["--by", ",".join(each.removeprefix("DIMENSION_") for each in by)]
        check(equityctl(*arguments) == text, measure["id"], by, "differs between equityctl and HTTP")
        rows = list(csv.DictReader(io.StringIO(text)))
        check(len(rows) == len(table.get("cells", [])), measure["id"], by, "has other rows")
        for row, cell in zip(rows, table.get("cells", [])):
            check(row["value"] == shown(cell), measure["id"], row, cell)
            check(row["status"] == cell["status"].removeprefix("STATUS_"), measure["id"], row, cell)
            cells += 1
            if row["status"].startswith("SUPPRESSED"):
                hidden += 1
                check(row["value"] == "" and "value" not in cell and "number" not in cell, measure["id"], row, cell)
            elif measure.get("disclosureControlled") and row["status"] == "ROUNDED" and "value" in cell:
                check(cell["value"] >= 10 and cell["value"] % 5 == 0, measure["id"], row)
            elif measure.get("disclosureControlled") and row["status"] == "EXACT":
                check(row["value"] == "0", measure["id"], row)
        tables += 1
check(hidden > 0, "nothing is hidden")
print(f"{tables} tables of {cells} cells alike as CSV, JSON and by gRPC, {hidden} hidden and none of them 0")
