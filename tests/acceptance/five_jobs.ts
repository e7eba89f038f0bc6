// The five jobs by the TypeScript client, which is connect-web. Usage: node five_jobs.js URL TOKEN_FILE FOLDER
import { readFileSync, writeFileSync } from "node:fs";
import { toJson } from "@bufbuild/protobuf";
import { TimestampSchema } from "@bufbuild/protobuf/wkt";
import { clientOf, connect, fieldsOf, watch } from "./client.js";
import { PlanService } from "./equity/benefitplans/v1/plans_pb.js";
import { ChangesService } from "./equity/changes/v1/changes_pb.js";
import { RegistrationOutcome_Kind, RegistrationService } from "./equity/participants/v1/registrations_pb.js";
import { Cell_Status, Dimension, StatisticsService, Tier } from "./equity/statistics/v1/statistics_pb.js";
import { SessionService } from "./equity/workshops/v1/sessions_pb.js";

const [url, tokenFile, folder] = process.argv.slice(2);
const transport = connect(url, { token: () => readFileSync(tokenFile, "utf8").trim() });
const write = (job: string, lines: string[]) => writeFileSync(`${folder}/${job}`, lines.map((line) => `${line}\n`).join(""));

async function register() {
  const person = { externalRef: "FIVE-connect", givenName: "Noor", email: "connect@example.org" };
  const rows = [{ row: 1, organisation: "RDE", sessionDate: "2021-08-17", ...person }];
  const { outcomes } = await clientOf(RegistrationService, transport).submitRegistrations({ rows });
  write("register", outcomes.map((each) => `${RegistrationOutcome_Kind[each.kind]} ${each.sessionDate}`));
}

async function dates() {
  const { sessions } = await clientOf(SessionService, connect(url)).listPublicSessions({});
  write("dates", sessions.map((each) => `${each.date} ${each.start} ${each.placesLeft}`));
}

async function statistics() {
  const { position } = await clientOf(ChangesService, transport).getFeedPosition({});
  const { table } = await clientOf(StatisticsService, transport).queryTable({
    measure: "people.registered",
    dimensions: [Dimension.SECTOR],
    tier: Tier.PUBLISHABLE,
    minFeedPosition: position,
  });
  if (!table) throw new Error("no table");
  const asOf = table.dataAsOf ? toJson(TimestampSchema, table.dataAsOf) : "";
  const rows = table.cells.map((cell) =>
    [table.challenge, table.measure, "SECTOR", cell.category, "", "", Tier[table.tier]]
      .concat([String(cell.value ?? ""), Cell_Status[cell.status], asOf])
      .concat([cell.numerator, cell.eligible, cell.notYetDue].map((number) => String(number ?? "")), table.snapshot)
      .join(","),
  );
  const columns =
    "challenge,measure,dimension,category,dimension2,category2,tier,value,status,data_as_of,numerator,eligible,not_yet_due,snapshot";
  write("statistics", [columns, ...rows]);
}

async function changes() {
  const lines: string[] = [];
  for await (const message of watch(transport)) {
    if (message.changes.length === 0) break;
    for (const change of message.changes) lines.push(`${change.service} ${change.sequence} ${change.event.case}`);
  }
  write("changes", lines.sort());
}

async function error() {
  const plan = { challenge: "challenges/none", title: "x".repeat(300) };
  const refusal = await clientOf(PlanService, transport)
    .createPlan({ parent: "organisations/rde", plan })
    .catch((error: unknown) => error);
  write("error", fieldsOf(refusal).map((each) => `${each.field}: ${each.description}`));
}

const jobs: Record<string, () => Promise<void>> = { register, dates, statistics, changes, error };
for (const job of process.argv.slice(5)) await jobs[job]();
