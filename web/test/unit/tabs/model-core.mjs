// @ts-check
/**
 * A core as small as the tabs' protocol needs one: messages of text, windows, receipts. What is committed is on a disk that
 * outlives it; what is only accepted goes with it.
 */

/** @typedef {{ id: string; sessionId: string; text: string; version: number; finishedAt?: number; reason?: string }} Stored */

export class Disk {
  /** @type {Map<string, number>} by session: how often it was made */
  sessions = new Map();
  /** @type {Map<string, Stored>} */
  messages = new Map();
  /** @type {Map<string, { client: string; next: number; message: string }>} by client and name */
  receipts = new Map();
  /** How often each call had an effect. @type {Map<string, number>} */
  done = new Map();
}

const OK = null;
const error = (/** @type {string} */ code) => ({ code, message: code });

export class ModelCore {
  /** @type {Disk} */
  #disk;
  #home;
  /** Accepted and not saved. @type {Map<string, { message: Stored; receipts: Map<string, any> }>} */
  #pending = new Map();
  /** @type {Map<string, { next: number; client: string }>} */
  #writers = new Map();
  /** @type {(() => void)[]} */
  #waiting = [];
  #runs = 0;
  #closed = false;
  /** @type {(() => void) | undefined} */
  #cancelWindow;
  /** @type {{ messageId: string; sessionId: string }[]} */
  #recovered = [];

  /** @param {Disk} disk @param {any} options @param {(ms: number, call: () => void) => () => void} after @param {() => boolean} traps */
  constructor(disk, { home = '' }, after, traps) {
    this.#disk = disk;
    this.#home = home;
    this.after = after;
    this.traps = traps;
    this.#interrupt((client) => client === undefined);
  }

  beginTurn() {}
  endTurn() {}
  recovered() { return this.#recovered; }
  clients() { return [...new Set([...this.#disk.receipts.values()].map(({ client }) => client))]; }
  subscribe() { return { grant() {}, forget() {}, setFilters() {}, delete() {} }; }
  delete() {}

  /** @param {string} method @param {any[]} args @param {(error: any, value?: any) => void} done @param {any} caller */
  call(method, args, done, caller) {
    if (this.traps()) throw new WebAssembly.RuntimeError('unreachable');
    if (this.#closed) return done(error('closed'));
    const client = caller?.client ?? this.#home;
    const kept = client !== this.#home;
    const name = `${client} ${caller?.call}`;
    const before = caller?.again && this.#disk.receipts.has(name);
    const countCall = () => { if (caller?.call !== undefined) this.#disk.done.set(name, (this.#disk.done.get(name) ?? 0) + 1); };
    const noteCall = () => {
      countCall();
      if (kept) this.#disk.receipts.set(name, { client, next: 0, message: '' });
    };
    switch (method) {
      case 'createSession':
        // Its commit ends later, as on IndexedDB.
        this.#late(() => {
          if (!before) {
            this.#disk.sessions.set(args[0].id, (this.#disk.sessions.get(args[0].id) ?? 0) + 1);
            noteCall();
          }
          done(OK, { id: args[0].id });
        });
        return undefined;
      case 'createMessage': {
        const [sessionId, { id }, writer] = args;
        const receipt = `${client} ${writer}`;
        if (!(caller?.again && this.#disk.receipts.has(receipt))) {
          if (this.#disk.messages.has(id)) return done(error('invalid-argument'));
          this.#disk.messages.set(id, { id, sessionId, text: '', version: 1 });
          countCall();
          if (kept) this.#disk.receipts.set(receipt, { client, next: 2, message: id });
        }
        const known = this.#disk.receipts.get(receipt)?.next ?? 2;
        this.#writers.set(writer, { next: known, client: kept ? client : '' });
        this.#messageOf.set(writer, id);
        return done(OK, this.#shown(id));
      }
      case 'deleteMessage':
        if (!before) {
          this.#disk.messages.delete(args[0]);
          this.#pending.delete(args[0]);
          noteCall();
        }
        return done(OK);
      case 'adopt': {
        const [id, writer] = args;
        const receipt = this.#disk.receipts.get(`${client} ${writer}`);
        if (!this.#disk.messages.has(id) || !receipt) return done(error('not-found'));
        this.#writers.set(writer, { next: receipt.next, client: receipt.client });
        return done(OK, this.#shown(id));
      }
      case 'getMessage': return done(OK, this.#shown(args[0]));
      case 'flush': case 'flushAll':
        this.#commit();
        return done(OK);
      case 'whenSaved':
        if (!this.#pending.has(args[0])) return done(OK);
        this.#waiting.push(() => done(OK));
        return undefined;
      case 'beginRun': return done(OK, ++this.#runs);
      case 'endRun': return done(OK);
      case 'blobInfo': return done(OK);
      case 'stats': return done(OK, {});
      case 'endClient':
        this.#commit();
        this.#interrupt((owner) => owner === args[0]);
        for (const [key, receipt] of [...this.#disk.receipts]) if (receipt.client === args[0]) this.#disk.receipts.delete(key);
        return done(OK);
      case 'handOver':
        this.#commit();
        for (const [writer, { next, client: owner }] of this.#writers) {
          const message = this.#messageOf.get(writer);
          if (owner === '' && message !== undefined) this.#disk.receipts.set(`${this.#home} ${writer}`, { client: this.#home, next, message });
        }
        // The files take their time: the page may be frozen before the end.
        return void this.after(10, () => done(OK));
      case 'close':
        this.#commit();
        this.#closed = true;
        this.#cancelWindow?.();
        return void this.after(10, () => done(OK));
      default: throw new Error(method);
    }
  }

  /** @type {Map<string, string>} */
  #messageOf = new Map();

  /** @param {string} id @param {string} writer @param {number} version @param {any[]} mutations @param {(error: any, value?: number) => void} done @param {any} others */
  write(id, writer, version, mutations, done, others) {
    if (this.traps()) throw new WebAssembly.RuntimeError('unreachable');
    if (this.#closed) return done(error('closed'));
    const client = others?.caller?.client ?? this.#home;
    this.#messageOf.set(writer, id);
    const stored = this.#disk.messages.get(id);
    if (!stored) return done(error('not-found'));
    const receipt = this.#disk.receipts.get(`${client} ${writer}`);
    if (!this.#writers.has(writer) && receipt) this.#writers.set(writer, { next: receipt.next, client: receipt.client });
    const count = this.#writers.get(writer);
    if (!count || version > count.next) return done(error('stale'));
    const fresh = mutations.slice(count.next - version);
    const pending = this.#pending.get(id) ?? { message: { ...stored }, receipts: new Map() };
    if (fresh.length > 0 && pending.message.finishedAt !== undefined) return done(error('finished'));
    let terminal = fresh.length < mutations.length;
    for (const mutation of fresh) {
      pending.message.version += 1;
      count.next += 1;
      if (mutation.op === 'finish') {
        Object.assign(pending.message, { finishedAt: 1, reason: 'end_turn' });
        terminal = true;
      } else {
        pending.message.text += mutation.text;
      }
    }
    if (fresh.length > 0) {
      if (count.client !== '') pending.receipts.set(`${client} ${writer}`, { client, next: count.next, message: id });
      this.#pending.set(id, pending);
      this.#cancelWindow ??= this.after(33, () => this.#commit());
    }
    if (terminal) this.#commit();
    done(OK, pending.message.version);
  }

  /** @param {() => void} end of a commit */
  #late(end) {
    const once = () => { if (this.#underWay.delete(once)) end(); };
    this.#underWay.add(once);
    this.after(20, once);
  }
  /** @type {Set<() => void>} */
  #underWay = new Set();

  #commit() {
    for (const end of [...this.#underWay]) end();
    this.#cancelWindow?.();
    this.#cancelWindow = undefined;
    for (const [id, { message, receipts }] of this.#pending) {
      this.#disk.messages.set(id, message);
      for (const [key, receipt] of receipts) this.#disk.receipts.set(key, receipt);
    }
    this.#pending.clear();
    for (const told of this.#waiting.splice(0)) told();
  }

  /** @param {string} id */
  #shown(id) {
    const message = this.#pending.get(id)?.message ?? this.#disk.messages.get(id);
    return message && { ...message, parts: [] };
  }

  /** @param {(client: string | undefined) => boolean} gone of the owners of a message; undefined: the leader that was */
  #interrupt(gone) {
    for (const [id, message] of this.#disk.messages) {
      if (message.finishedAt !== undefined) continue;
      const owners = [...this.#disk.receipts.values()].filter((receipt) => receipt.message === id).map(({ client }) => client);
      const left = owners.length === 0 ? gone(undefined) : owners.every((owner) => gone(owner));
      if (left) this.#disk.messages.set(id, { ...message, finishedAt: 1, reason: 'interrupted' });
    }
  }
}
