// What happens on the server, as it happens: server-sent events read by fetch, as EventSource cannot send a credential.

// Splits a stream of text into events: { id, event, data }.
export class EventParser {
  #rest = "";

  push(text) {
    const blocks = (this.#rest + text).split("\n\n");
    this.#rest = blocks.pop();
    return blocks.map((block) => this.#parse(block)).filter((event) => event.data !== undefined);
  }

  #parse(block) {
    const event = { event: "message" };
    for (const line of block.split("\n")) {
      const [, field, value] = /^(id|event|data): ?(.*)$/.exec(line) ?? [];
      if (field) event[field] = field === "data" && event.data !== undefined ? `${event.data}\n${value}` : value;
    }
    return event;
  }
}

// The server says something every ten seconds.
const SILENCE = 25_000;
const LONGEST_PAUSE = 30_000;

// Follows the changes until it is stopped. onChanges gets the services that something happened in; onState is told
// "live", "connecting" or "refused" (the role may not watch).
export class Live {
  #abort = new AbortController();
  #lastId = "";

  constructor(api, { onChanges, onState }) {
    this.api = api;
    this.onChanges = onChanges;
    this.onState = onState;
    this.#run();
  }

  stop() {
    this.#abort.abort();
  }

  async #run() {
    let pause = 500;
    while (!this.#abort.signal.aborted) {
      this.onState("connecting");
      try {
        await this.#follow(() => (pause = 500));
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        if (error.kind === "forbidden" || error.kind === "token" || error.kind === "missing") {
          return this.onState("refused");
        }
      }
      if (this.#abort.signal.aborted) return;
      await new Promise((resolve) => setTimeout(resolve, pause));
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
  }

  async #follow(onOpen) {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENCE);
    const resumes = this.#lastId !== "";
    try {
      const response = await this.api.open(`/v1/changes:watch?min_interval_ms=250${resumes ? "" : "&only_new=true"}`, {
        headers: { Accept: "text/event-stream", ...(resumes ? { "Last-Event-ID": this.#lastId } : {}) },
        signal: AbortSignal.any([this.#abort.signal, silence.signal]),
      });
      onOpen();
      this.onState("live");
      const parser = new EventParser();
      const decoder = new TextDecoder();
      for (const reader = response.body.getReader(); ; ) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE);
        for (const event of parser.push(decoder.decode(value, { stream: true }))) this.#take(event);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #take(event) {
    if (event.event !== "message") return;
    if (event.id) this.#lastId = event.id;
    const services = new Set(JSON.parse(event.data).changes?.map((change) => change.service));
    if (services.size > 0) this.onChanges(services);
  }
}
