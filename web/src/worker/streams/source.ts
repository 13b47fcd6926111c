/** The places a reply's bytes come from, read one chunk at a time. */
import { MillraceError } from '../../errors.js';
import type { Answer, WireError, WireSource } from '../../protocol.js';
import { isBytes } from '../../realms.js';
import type { PageSource, Source } from './byte-source.js';
import { httpError } from './http-error.js';

/** What a pumped source asks the page for. */
export interface PumpSignals { pull(): void; enough(): void }

export function openSource(source: WireSource, signals: PumpSignals): Source | PageSource {
  switch (source.kind) {
    case 'stream': return readStream(source.body);
    case 'request': return readRequest(source.url, source.init);
    case 'pump': return new Pump(signals);
    case 'later': return new LateSource(signals);
    case 'response': return new ResponseSource(source.answer, openSource(source.body, signals));
  }
}

/** Lets go of a source that nobody is going to read. */
export function dropSource(source: WireSource): void {
  if (source.kind === 'stream') void source.body.cancel().catch(() => undefined);
  if (source.kind === 'response') dropSource(source.body);
}

function readStream(body: ReadableStream<Uint8Array>): Source {
  const reader = body.getReader();
  return {
    async next() {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw new MillraceError('network', `The reply broke off: ${reasonOf(error)}`, { cause: error });
      });
      return done ? undefined : value;
    },
    cancel: () => void reader.cancel().catch(() => undefined),
  };
}

/** Makes the request at the first `next`. */
function readRequest(url: string, init?: RequestInit): Source {
  const aborter = new AbortController();
  let answer: Answer | undefined;
  const open = async (): Promise<Source> => {
    const response = await fetch(url, { ...init, signal: aborter.signal }).catch((error: unknown) => {
      throw new MillraceError('network', `The request to ${url} failed: ${reasonOf(error)}`, { cause: error });
    });
    const body = readStream(response.body ?? new Blob().stream());
    const { status, statusText, type, headers } = response;
    answer = { status, statusText, type, headers: [...headers] };
    return new ResponseSource(answer, body);
  };
  let body: Promise<Source> | undefined;
  return {
    async next() {
      body ??= open();
      return (await body).next();
    },
    answer: () => answer,
    cancel: () => aborter.abort(),
  };
}

type PumpEvent = { chunk: Uint8Array | string } | { end: true } | { error: MillraceError };

/** The page reads and sends a chunk for every `pull`; an end or an error may come unasked. */
class Pump implements PageSource {
  readonly #signals: PumpSignals;
  #ended: PumpEvent | undefined;
  #waiting: ((event: PumpEvent) => void) | undefined;
  /** The first half of a pair of surrogates: the strings of a source are encoded as one text. */
  #half = '';

  constructor(signals: PumpSignals) { this.#signals = signals; }

  async next(): Promise<Uint8Array | undefined> {
    const event = this.#ended ?? await this.#pull();
    if ('error' in event) throw event.error;
    if ('chunk' in event) {
      if (typeof event.chunk === 'string') return this.#encode(event.chunk);
      if (isBytes(event.chunk)) return event.chunk;
      throw new MillraceError('protocol', 'A chunk is neither a Uint8Array nor a string');
    }
    return this.#half === '' ? undefined : this.#encode('');
  }

  cancel(): void {
    if (!this.#ended) this.#signals.enough();
    this.end();
  }

  supply(source: WireSource): void { dropSource(source); }
  chunk(chunk: Uint8Array | string): void { this.#waiting?.({ chunk }); }
  end(): void { this.#finish({ end: true }); }
  fail({ code, message, ...details }: WireError): void { this.#finish({ error: new MillraceError(code, message, details) }); }

  /** An empty text is the end of all: a half that stays alone is U+FFFD. */
  #encode(text: string): Uint8Array {
    const whole = this.#half + text;
    this.#half = text === '' ? '' : /[\uD800-\uDBFF]$/.exec(whole)?.[0] ?? '';
    return new TextEncoder().encode(whole.slice(0, whole.length - this.#half.length));
  }

  #pull(): Promise<PumpEvent> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#signals.pull();
    });
  }

  #finish(event: PumpEvent): void {
    this.#ended ??= event;
    this.#waiting?.(event);
  }
}

/** A response: its body, or the error that a status of failure stands for. */
class ResponseSource implements PageSource {
  readonly #answer: Answer;
  readonly #body: Source | PageSource;

  constructor(answer: Answer, body: Source | PageSource) {
    this.#answer = answer;
    this.#body = body;
  }

  async next(): Promise<Uint8Array | undefined> {
    const { status } = this.#answer;
    if (status < 200 || status > 299) throw await httpError(this.#answer, this.#body);
    return this.#body.next();
  }
  answer(): Answer { return this.#answer; }
  cancel(): void { this.#body.cancel(); }
  supply(source: WireSource): void { dropSource(source); }
  chunk(chunk: Uint8Array | string): void { if ('chunk' in this.#body) this.#body.chunk(chunk); }
  end(): void { if ('end' in this.#body) this.#body.end(); }
  fail(error: WireError): void { if ('fail' in this.#body) this.#body.fail(error); }
}

/** One that the page does not have yet. */
class LateSource implements PageSource {
  readonly #signals: PumpSignals;
  #source: Source | PageSource | undefined;
  #arrive!: (source: Source) => void;
  readonly #arrived = new Promise<Source>((resolve) => (this.#arrive = resolve));

  constructor(signals: PumpSignals) { this.#signals = signals; }

  async next(): Promise<Uint8Array | undefined> { return (await this.#arrived).next(); }

  answer(): Answer | undefined { return this.#source?.answer?.(); }

  supply(source: WireSource): void {
    if (this.#source) dropSource(source);
    else this.#become(openSource(source, this.#signals));
  }

  chunk(chunk: Uint8Array | string): void { this.#page()?.chunk(chunk); }
  end(): void { this.#page()?.end(); }

  fail({ code, message, ...details }: WireError): void {
    const page = this.#page();
    if (page) page.fail({ code, message, ...details });
    else if (!this.#source) this.#become(failing(new MillraceError(code, message, details)));
  }

  cancel(): void {
    if (this.#source) this.#source.cancel();
    else this.#become(ended);
  }

  #become(source: Source): void {
    this.#source = source;
    this.#arrive(source);
  }

  #page(): PageSource | undefined {
    return this.#source && 'fail' in this.#source ? this.#source : undefined;
  }
}

const ended: Source = { next: () => Promise.resolve(undefined), cancel: () => undefined };

function failing(error: MillraceError): Source {
  return { ...ended, next: () => Promise.reject(error) };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
