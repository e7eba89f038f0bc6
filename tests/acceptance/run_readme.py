"""Runs the commands of README.md, block by block, against the server that the environment names.

Usage: run_readme.py README.md FOLDER. Blocks marked ```sh are run by bash in this folder. Lines that start
./run or ./test are left out; `var/env` stands for the environment of the server at hand, /tmp for FOLDER. A block may end
with exit code 1 only where the line before it says "exit code 1".
"""

import os
import pathlib
import re
import subprocess
import sys


def main():
    text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    folder = pathlib.Path(sys.argv[2])
    environment = folder / "readme-env"
    names = ("EQUITY_TARGET", "EQUITY_HTTP", "EQUITY_TOKEN_FILE", "EQUITY_DEV_ISSUER", "PATH")
    environment.write_text("".join(f"export {name}='{os.environ[name]}'\n" for name in names))
    scratch = folder / "readme"
    scratch.mkdir()
    run = 0
    for before, block in re.findall(r"([^\n]*)\n*```sh\n(.*?)```", text, flags=re.S):
        lines = [line for line in block.splitlines() if not re.match(r"\s*\./(run|test)\b", line)]
        script = "\n".join(lines).replace("/tmp/", f"{scratch}/").replace("var/env", str(environment))
        if not script.strip():
            continue
        refusals = "exit code 1" in before
        result = subprocess.run(["bash", "-u" if refusals else "-eu", "-c", script], stdin=subprocess.DEVNULL,
                                capture_output=True, text=True, timeout=60)
        allowed = (0, 1) if refusals else (0,)
        if result.returncode not in allowed:
            sys.exit(f"exit code {result.returncode} of\n{script}\n{result.stdout}{result.stderr}")
        run += 1
    if run < 5:
        sys.exit(f"only {run} blocks were run")
    print(f"README: {run} blocks of commands run")


main()
