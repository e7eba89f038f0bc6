// The official Connect client for browsers, unchanged, against the HTTP door: unary calls by POST and GET, an error with
// its field, a stream.
//
// Usage: node connect_web.mjs URL TOKEN_FILE DESCRIPTORS. It needs no generated code: the descriptors say what there is.
import { readFileSync } from "node:fs";
import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";

const [url, tokenFile, descriptors] = process.argv.slice(2);
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(descriptors)));
const token = readFileSync(tokenFile, "utf8").trim();
const authorise = (next) => (request) => {
  request.header.set("Authorization", `Bearer ${token}`);
  return next(request);
};

function expect(condition, what) {
  if (!condition) throw new Error(what);
}

let calls = 0;
for (const useBinaryFormat of [false, true]) {
  for (const useHttpGet of [false, true]) {
    const transport = createConnectTransport({ baseUrl: url, useBinaryFormat, useHttpGet, interceptors: [authorise] });
    const client = (name) => createClient(registry.getService(name), transport);

    const { sessions } = await client("equity.workshops.v1.SessionService").listPublicSessions({ pageSize: 4 });
    expect(sessions.length === 4 && sessions.every(({ date }) => date.startsWith("2021-")), "the sessions are not there");

    const failure = await client("equity.workshops.v1.SessionService").getSession({ name: "wrong" }).catch((error) => error);
    expect(failure instanceof ConnectError && failure.code === Code.InvalidArgument, `not the error: ${failure}`);
    const [bad] = failure.findDetails(registry.getMessage("google.rpc.BadRequest"));
    expect(bad.fieldViolations[0].field === "name", "the error does not name its field");

    const late = await client("equity.workshops.v1.SessionService").listSessions({ parent: "workshops/-" }, { timeoutMs: 5000 });
    expect(late.sessions.length === 4, "a call with a deadline failed");

    let changes = 0;
    const abort = new AbortController();
    try {
      for await (const message of client("equity.changes.v1.ChangesService").watchChanges({}, { signal: abort.signal })) {
        changes += message.changes.length;
        if (message.changes.length === 0) abort.abort();
      }
    } catch (error) {
      expect(ConnectError.from(error).code === Code.Canceled, `the stream broke: ${error}`);
    }
    expect(changes > 400, `${changes} changes`);

    const missing = createClient(registry.getService("equity.changes.v1.ChangesService"), createConnectTransport({ baseUrl: url }));
    try {
      for await (const _ of missing.watchChanges({})) expect(false, "a stream without a credential");
    } catch (error) {
      expect(ConnectError.from(error).code === Code.Unauthenticated, `not the error: ${error}`);
    }
    calls += 5;
  }
}
console.log(`connect-web: ${calls} calls in JSON and binary, by POST and GET`);
