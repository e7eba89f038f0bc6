// A thin client for browsers and Node: connect-web with a credential, request ids, and tries again. The messages and
// services are generated from the contracts; the server validates.
import type { DescService } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { type Client, Code, ConnectError, type Interceptor, type Transport, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { type Change, ChangesService } from "./equity/changes/v1/changes_pb.js";
import { BadRequestSchema } from "./google/rpc/error_details_pb.js";

export interface Options {
  /** The credential, or what gives one for each call; without it only what is public can be called. */
  token?: string | (() => string);
  /** How long a call is tried, in milliseconds; 10,000 unless given. */
  patience?: number;
}

const pauseFor = (milliseconds: number) =>
  new Promise((resolve) => setTimeout(resolve, milliseconds * (0.5 + Math.random() / 2)));
const isTransient = (error: unknown) => ConnectError.from(error).code === Code.Unavailable;

function authorise(token: Options["token"]): Interceptor {
  return (next) => (request) => {
    const credential = typeof token === "function" ? token() : token;
    if (credential) request.header.set("Authorization", `Bearer ${credential}`);
    return next(request);
  };
}

// Calls that the contract declares idempotent are tried again; all tries of a write have one request_id.
function tryAgain(patience: number): Interceptor {
  return (next) => async (request) => {
    if (request.stream) return next(request);
    const message = request.message as { requestId?: string };
    if (message.requestId === "") message.requestId = crypto.randomUUID();
    const mayRepeat = request.method.idempotency !== MethodOptions_IdempotencyLevel.IDEMPOTENCY_UNKNOWN;
    const giveUp = Date.now() + patience;
    for (let pause = 100; ; pause = Math.min(2 * pause, 2000)) {
      try {
        return await next(request);
      } catch (error) {
        if (!mayRepeat || !isTransient(error) || Date.now() + pause > giveUp) throw error;
      }
      await pauseFor(pause);
    }
  };
}

/** The way to one server; share it. */
export function connect(url: string, options: Options = {}): Transport {
  const interceptors = [tryAgain(options.patience ?? 10_000), authorise(options.token)];
  return createConnectTransport({ baseUrl: url, interceptors });
}

/** A service's client: `clientOf(SessionService, connect(url))`. */
export function clientOf<Service extends DescService>(service: Service, transport: Transport): Client<Service> {
  return createClient(service, transport);
}

export interface Watched {
  changes: Change[];
  /** Resumes after these changes. */
  resumeToken: string;
}

/** What happens, in order and each once, until the signal: a stream that breaks is resumed. Without changes: there is
 * nothing older left. */
export async function* watch(
  transport: Transport,
  options: { resumeToken?: string; services?: string[]; signal?: AbortSignal } = {},
): AsyncGenerator<Watched> {
  let { resumeToken = "" } = options;
  for (let pause = 100; !options.signal?.aborted; pause = Math.min(2 * pause, 2000)) {
    // Leaving the loop ends the request too.
    const own = new AbortController();
    const leave = () => own.abort();
    options.signal?.addEventListener("abort", leave);
    try {
      const request = { resumeToken, services: options.services ?? [] };
      const stream = createClient(ChangesService, transport).watchChanges(request, { signal: own.signal });
      for await (const message of stream) {
        resumeToken = message.resumeToken;
        pause = 100;
        yield { changes: message.changes, resumeToken };
      }
    } catch (error) {
      if (options.signal?.aborted) return;
      if (!isTransient(error)) throw error;
    } finally {
      options.signal?.removeEventListener("abort", leave);
      own.abort();
    }
    await pauseFor(pause);
  }
}

/** Which fields a refusal is about, and what each must be. */
export function fieldsOf(error: unknown): { field: string; description: string }[] {
  return ConnectError.from(error)
    .findDetails(BadRequestSchema)
    .flatMap((detail) => detail.fieldViolations);
}
