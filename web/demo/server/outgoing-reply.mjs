// One reply on its way: to its readers as it is composed, and kept from its beginning for those that come later.
import { once } from 'node:events';

export class OutgoingReply {
  #headers;
  #patienceMs;
  #waiting;
  #gone = new AbortController();
  /** Each with what ends the wait for it. @type {Map<import('node:http').ServerResponse, AbortController>} */
  #readers = new Map();
  /** All that was said. Undefined: nobody can ask for it again. */
  #said;
  #length = 0;
  #over = false;

  /** `patienceMs`: how long it goes on without a reader. Without it the reply ends with its reader, and nothing is kept. */
  constructor(headers, patienceMs = 0) {
    this.#headers = headers;
    this.#patienceMs = patienceMs;
    if (patienceMs > 0) this.#said = [];
  }

  /** Aborted once nobody waits for the rest. */
  get signal() { return this.#gone.signal; }
  get over() { return this.#over; }
  /** Of what is kept, in characters. */
  get length() { return this.#length; }

  /** Sends what was said so far and goes on live. `select`: the part of it that this reader lacks. */
  attach(response, select = (text) => text) {
    clearTimeout(this.#waiting);
    response.socket?.setNoDelay(true);
    response.writeHead(200, this.#headers);
    response.flushHeaders();
    const missed = select((this.#said ?? []).join(''));
    if (missed !== '') response.write(missed);
    if (this.#over) return void response.end();
    this.#readers.set(response, new AbortController());
    response.once('close', () => this.#detach(response));
  }

  /** Waits for readers that are slow. */
  async write(text) {
    if (this.#said !== undefined) {
      this.#said.push(text);
      this.#length += text.length;
    }
    const slow = [...this.#readers].filter(([reader]) => !reader.write(text));
    await Promise.all(slow.map(([reader, { signal }]) => once(reader, 'drain', { signal }).catch(() => undefined)));
  }

  end(text) {
    void this.write(text);
    this.#over = true;
    for (const reader of this.#readers.keys()) reader.end();
  }

  /** Breaks the connections, in order, so that what was sent arrives; the bodies are cut off in the middle all the same. */
  cut() {
    const readers = [...this.#readers.keys()];
    for (const reader of readers) {
      this.#detach(reader);
      reader.socket?.end();
    }
    return readers.length;
  }

  /** Nobody can ask for it again from now on: it ends with its readers. */
  forget() {
    this.#patienceMs = 0;
    this.#said = undefined;
    this.#length = 0;
    clearTimeout(this.#waiting);
    if (this.#readers.size === 0) this.#gone.abort();
  }

  #detach(reader) {
    this.#readers.get(reader)?.abort();
    if (!this.#readers.delete(reader) || this.#readers.size > 0 || this.#over) return;
    if (this.#patienceMs === 0) return this.#gone.abort();
    this.#waiting = setTimeout(() => this.#gone.abort(), this.#patienceMs).unref();
  }
}
