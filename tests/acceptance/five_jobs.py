"""The five jobs by the Python client, and the forms in which the answers of all doors are compared.

Usage: five_jobs.py jobs FOLDER JOB...: does them and writes FOLDER/JOB.
       five_jobs.py pick JOB: writes the answer of that job, in JSON on standard input, in its form.
"""

import json
import pathlib
import sys

from equity_client import Client, EquityError


def register(equity, out):
    rows = [{"organisation": "RDE", "external_ref": "FIVE-python", "given_name": "Noor", "email": "python@example.org",
             "session_date": "2021-08-17"}]
    for outcome in equity.register(rows):
        print(outcome.Kind.Name(outcome.kind).removeprefix("KIND_"), outcome.session_date, file=out)


def dates(equity, out):
    for session in equity.sessions.list_public_sessions():
        print(session.date, session.start, session.places_left, file=out)


def statistics(equity, out):
    equity.stats("people.registered", by=["SECTOR"], tier="PUBLISHABLE").to_csv(out)


def changes(equity, out):
    lines = [f"{change.service} {change.sequence} {camel(change.WhichOneof('event'))}"
             for change in equity.changes.watch_changes().until_caught_up()]
    out.writelines(f"{line}\n" for line in sorted(lines))


def error(equity, out):
    try:
        equity.plans.create_plan(parent="organisations/rde", plan={"challenge": "challenges/none", "title": "x" * 300})
    except EquityError as refusal:
        for field, fix in refusal.field_violations:
            print(f"{field}: {fix}", file=out)


def camel(name):
    first, *others = name.split("_")
    return first + "".join(each.capitalize() for each in others)


def pick_register(answers):
    for answer in answers:
        for outcome in answer.get("outcomes", [answer]):
            print(outcome["kind"].removeprefix("KIND_"), outcome["sessionDate"])


def pick_dates(answers):
    for answer in answers:
        for session in answer.get("sessions", []) if isinstance(answer, dict) else answer:
            print(session["date"], session["start"], session["placesLeft"])


def pick_changes(answers):
    lines = []
    for answer in answers:
        for change in answer["changes"]:
            event = next(key for key in change if key.endswith("Event"))
            lines.append(f"{change['service']} {change['sequence']} {event}")
    print("\n".join(sorted(lines)))


def pick_error(answers):
    for detail in answers[0]["details"]:
        for violation in detail.get("fieldViolations", []):
            print(f"{violation['field']}: {violation['description']}")


def documents(text):
    """JSON documents one after the other."""
    decoder, at, found = json.JSONDecoder(), 0, []
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        document, at = decoder.raw_decode(text, at)
        found.append(document)
    return found


def main():
    what, *rest = sys.argv[1:]
    if what == "pick":
        globals()[f"pick_{rest[0]}"](documents(sys.stdin.read()))
        return
    folder, *jobs = rest
    with Client() as equity:
        for job in jobs:
            with open(pathlib.Path(folder) / job, "w", encoding="utf-8", newline="") as out:
                globals()[job](equity, out)


main()
