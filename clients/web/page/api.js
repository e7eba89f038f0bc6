// Calls to the server: the Connect protocol in JSON for what is shown, REST addresses for files.

// Why a call failed. `kind` is one of: token (not accepted), forbidden (not for this role), missing (this server has no
// such service), unreachable, failed.
export class ApiError extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

const KINDS = {
  unauthenticated: "token",
  permission_denied: "forbidden",
  unimplemented: "missing",
  unavailable: "unreachable",
  deadline_exceeded: "unreachable",
};

async function failure(response) {
  const error = await response.json().catch(() => ({}));
  const byStatus = { 401: "token", 403: "forbidden", 501: "missing", 503: "unreachable", 504: "unreachable" };
  return new ApiError(
    KINDS[error.code] ?? byStatus[response.status] ?? "failed",
    error.message ?? "The server failed.",
  );
}

async function ask(address, options) {
  const response = await fetch(address, { cache: "no-store", credentials: "omit", ...options }).catch((error) => {
    throw error.name === "AbortError" ? error : new ApiError("unreachable", "The server does not answer.");
  });
  if (!response.ok) throw await failure(response);
  return response;
}

export class Api {
  constructor(token) {
    this.headers = token ? { Authorization: `Bearer ${token}` } : {};
  }

  // call("workshops.v1.SessionService/ListSessions", { parent: "workshops/-" })
  async call(method, request = {}) {
    const response = await ask(`/equity.${method}`, {
      method: "POST",
      headers: { ...this.headers, "Content-Type": "application/json", "Connect-Protocol-Version": "1" },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(12_000),
    });
    return response.json();
  }

  // Every item of a list, page by page.
  async all(method, field, request = {}) {
    const items = [];
    let pageToken = "";
    do {
      const page = await this.call(method, { ...request, pageSize: 1000, pageToken });
      items.push(...(page[field] ?? []));
      pageToken = page.nextPageToken ?? "";
    } while (pageToken);
    return items;
  }

  // A stream of server-sent events, or a file.
  open(address, options = {}) {
    return ask(address, { ...options, headers: { ...this.headers, ...options.headers } });
  }

  // A statistic that counts everything committed before it was asked for, where the server is that far in time.
  async counted(method, request, position) {
    if (!position) return this.call(method, request);
    try {
      return await this.call(method, { ...request, minFeedPosition: position });
    } catch (error) {
      if (error.kind !== "unreachable") throw error;
      return this.call(method, request);
    }
  }
}
