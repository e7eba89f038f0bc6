"""Runs the commands and programs of READMEs, block by block, against the server that the environment names.

Usage: run_readme.py README.md ... FOLDER. Blocks marked ```sh are run by bash in this folder, those marked ```python by
Python, those marked ```r by Rscript, where that is there. Lines that start ./run or ./test are left out; `var/env`
stands for the environment of the server at hand, /tmp for FOLDER. A block may end with exit code 1 only where the line
before it says "exit code 1".
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys


def main():
    *documents, folder = map(pathlib.Path, sys.argv[1:])
    environment = folder / "readme-env"
    names = ("EQUITY_TARGET", "EQUITY_HTTP", "EQUITY_TOKEN_FILE", "EQUITY_DEV_ISSUER", "PATH", "PYTHONPATH")
    environment.write_text("".join(f"export {name}='{os.environ[name]}'\n" for name in names))
    scratch = folder / "readme"
    scratch.mkdir()
    results = [f"{document}: {run_blocks(document, environment, scratch)}" for document in documents]
    print("; ".join(results))


def run_blocks(document, environment, scratch):
    run, without_r = 0, 0
    blocks = re.findall(r"([^\n]*)\n*```(sh|python|r)\n(.*?)```", document.read_text(encoding="utf-8"), flags=re.S)
    for before, kind, block in blocks:
        lines = [line for line in block.splitlines() if not re.match(r"\s*\./(run|test)\b", line)]
        script = "\n".join(lines).replace("/tmp/", f"{scratch}/").replace("var/env", str(environment))
        if not script.strip():
            continue
        refusals = "exit code 1" in before
        if kind == "r" and shutil.which("Rscript") is None:
            without_r += 1
            continue
        program = {"sh": ["bash", "-u" if refusals else "-eu", "-c"], "python": ["clients/python/python3", "-c"],
                   "r": ["Rscript", "-e"]}[kind]
        result = subprocess.run([*program, script], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                timeout=60)
        allowed = (0, 1) if refusals else (0,)
        if result.returncode not in allowed:
            sys.exit(f"{document}: exit code {result.returncode} of\n{script}\n{result.stdout}{result.stderr}")
        run += 1
    if run < 5:
        sys.exit(f"{document}: only {run} blocks were run")
    return f"{run} blocks run" + (f", SKIPPED: {without_r} of R, as Rscript is not there" if without_r else "")


main()
