/**
 * Longer than the norm because the roles of a tab share all of its state.
 *
 * One tab among those that have a store open (M1 to M4). Its page speaks to it as to the store itself, and does not know who
 * leads.
 *
 *   open ──▶ the store's lock is free ──▶ leads: the store is open here, other tabs are clients of the host
 *        │                                  ▲                         │ close, trap, the tab dies: the lock comes free
 *        │                                  │ the lock came free      │ hand-over (frozen, or a newer release asks)
 *        └──▶ somebody has it ───────────▶ follows: what the page says goes to the leader, and is kept until it is done
 *
 * Invariant: whoever holds the store's lock is the only one that opens its files. A follower always waits for the lock.
 */
import { MillraceError } from '../../errors.js';
import type { Call, FromHost, Opened, OpenRequest, ToHost, ToPage, ToWorker, WireError } from '../../protocol.js';
import type { WireEvent } from '../../core-module.js';
import { Blobs } from '../blobs/blobs.js';
import { CoreGuard } from '../core/core-guard.js';
import { Host, type Port } from '../host.js';
import type { Modules } from '../modules.js';
import { OwnCalls } from '../own-calls.js';
import { TabStreams } from '../streams/tab-streams.js';
import { toWire } from '../wire-error.js';
import { Backlog } from './backlog.js';
import type { Clock, Environment, Release } from './environment.js';
import { Follower } from './follower.js';
import { Leader } from './leader.js';
import { frozenAfter } from './page-life.js';
import { SilenceWatch } from './silence-watch.js';
import { storeLock } from './wire.js';

/** Milliseconds after which the lock of a leader that leaves is asked for again: its page is in the cache by then, if it goes there. */
const LEFT_MS = [100, 400];
/** Milliseconds that a new leader may wait for the files that a dying tab still holds. */
const FILES_MS = 3_000;
/** Milliseconds after which a tab that could not open the store tries again to lead. */
const RETRY_MS = 500;

type Open = Extract<ToHost, { type: 'open' }>;

/** Where what the page says goes. */
interface Upstream { readonly here: boolean; send(messages: ToHost[]): void }

export class Tab {
  readonly #environment: Environment;
  readonly #modules: Modules;
  readonly #post: (messages: ToPage[]) => void;
  readonly #end: () => void;
  readonly #open: Open;
  readonly #request: OpenRequest;
  /** Its own lock, which it holds as long as it lives, names it. */
  readonly #name: string;
  readonly #backlog = new Backlog();
  readonly #own: OwnCalls;
  readonly #streams: TabStreams;
  readonly #blobs: Blobs;
  #storage: Opened['storage'] = 'memory';
  #opened = false;
  /** As the page knows it. */
  #role: 'leader' | 'follower' | undefined;
  #frozen = false;
  #closing = false;
  /** A newer release is there. */
  #outdated = false;
  #upstream: Upstream | undefined;
  /** A leader that was asked to open the store and has not answered. */
  #connecting: Upstream | undefined;
  /** Leading. */
  #host: Host | undefined;
  #leader: Leader | undefined;
  /** Following. */
  #follower: Follower | undefined;
  #waiting: AbortController | undefined;
  /** When a leader was heard of last, if there is none now. */
  #aloneSince: number;
  #inTrouble = false;
  readonly #silence: SilenceWatch;

  /** `post`: to the page; `end`: ends this Worker. */
  constructor(environment: Environment, modules: Modules, open: Open, post: (messages: ToPage[]) => void, end: () => void) {
    this.#environment = environment;
    this.#modules = modules;
    this.#post = post;
    this.#end = end;
    this.#open = open;
    this.#request = open.request;
    this.#name = open.request.lifeLock!;
    this.#aloneSince = environment.clock.now();
    const say = (message: ToHost): void => this.#say([message]);
    const guard = new CoreGuard((error) => this.#trapped(error));
    const tell = (message: ToPage): void => this.#post([message]);
    this.#own = new OwnCalls((message) => say(message as ToHost));
    this.#streams = new TabStreams({
      load: () => modules.streams(this.#request.wasmUrl),
      say: (message) => say(message as ToHost), tell,
      isHere: () => this.#upstream?.here ?? false,
      putFile: (file) => this.#blobs.putFile(file), clock: environment.clock, whenOnline: environment.whenOnline,
    }, this.#own);
    const { name } = this.#request;
    this.#blobs = new Blobs({
      files: () => environment.blobFiles(name, this.#storage),
      load: async () => guard.guard(await modules.core(this.#request.wasmUrl)), tell,
      holdExport: () => environment.locks.hold(`millrace-export:${name}`, new AbortController().signal),
      holdCollection: () => environment.locks.tryHold(`millrace-export:${name}`),
      locked: (step) => environment.locks.locked(`millrace-blobs:${name}`, step),
      after: (ms, callback) => environment.clock.after(ms, callback),
    }, this.#own);
    this.#silence = this.#watchSilence(environment.clock);
    void this.#begin();
  }

  /** What the page said in one turn. */
  receive(messages: readonly ToWorker[]): void {
    const out: ToHost[] = [];
    // In their order, also where some go another way.
    const sayAll = (): void => this.#say(out.splice(0));
    for (const message of messages) {
      if (message.type === 'call' && message.method === 'close') {
        sayAll();
        void this.#close(message);
      } else if (message.type === 'page-event') {
        sayAll();
        this.#frozen = frozenAfter(message, this.#frozen);
        this.#change();
      } else {
        if (message.type === 'ingest') sayAll();
        if (this.#blobs.take(message) || this.#streams.take(message)) continue;
        out.push(message as ToHost);
      }
    }
    sayAll();
  }

  /** An exception that nobody caught. */
  failed(error: unknown): void { this.#host?.failed(error); }

  // ---- roles

  async #begin(): Promise<void> {
    const { locks } = this.#environment;
    // The page asks for it once it is answered, and others take its holder to live.
    const living = locks.hold(this.#name, new AbortController().signal);
    const release = await locks.tryHold(storeLock(this.#request.name));
    await living;
    if (release) this.#lead(release);
    else this.#follow();
  }

  #lead(release: Release): void {
    const { locks, clock } = this.#environment;
    const host = new Host(this.#modules.core, () => this.#hostEnded(host), {
      home: this.#name, living: () => locks.held(), lock: { deadline: clock.now() + FILES_MS, release },
    });
    this.#host = host;
    this.#leader = new Leader(this.#environment, this.#request.name, this.#name, host, () => void this.#yield());
    const port = host.connectPage((messages) => { if (this.#host === host) this.#heard(messages); });
    this.#connect({ here: true, send: (messages) => port.receive(messages) }, port);
  }

  #follow(): void {
    this.#aloneSince = this.#environment.clock.now();
    const { name } = this.#request;
    const follower: Follower = new Follower(this.#environment, name, this.#name, {
      found: () => this.#connect({ here: false, send: (messages) => follower.send(messages) }),
      lost: () => {
        this.#aloneSince = follower.heardAt ?? this.#aloneSince;
        this.#upstream = undefined;
      },
      heard: (messages) => this.#heard(messages),
      leaves: () => {
        for (const ms of LEFT_MS) this.#environment.clock.after(ms, () => this.#waitAgain());
      },
      otherRelease: (how) => this.#metOtherRelease(how),
    });
    this.#follower = follower;
    this.#waitForLock();
    this.#silence.look();
  }

  #waitForLock(): void {
    const waiting = new AbortController();
    this.#waiting = waiting;
    void this.#environment.locks.hold(storeLock(this.#request.name), waiting.signal).then((release) => {
      // It came while the tab was giving up.
      if (this.#waiting !== waiting) return release();
      this.#stopFollowing();
      this.#lead(release);
    });
  }

  /**
   * A page that the browser keeps in its cache may hold the lock. Who asked before it went there waits for ever; who asks now
   * makes the browser end that page.
   */
  #waitAgain(): void {
    if (!this.#waiting) return;
    this.#waiting.abort();
    this.#waitForLock();
  }

  #stopFollowing(): void {
    this.#waiting?.abort();
    this.#waiting = undefined;
    this.#follower?.stop();
    this.#follower = undefined;
    this.#upstream = undefined;
  }

  /** Opens the store at the new leader. What is kept follows once that is answered. */
  #connect(upstream: Upstream, port?: Port): void {
    this.#connecting = upstream;
    const open: Open = this.#opened ? { ...this.#open, again: true } : this.#open;
    if (port) port.receive([open]);
    else upstream.send([open]);
  }

  #connected(reply: Extract<FromHost, { type: 'reply' }>): void {
    const upstream = this.#connecting!;
    this.#connecting = undefined;
    if ('error' in reply) return this.#notConnected(upstream, reply.error);
    this.#upstream = upstream;
    if (upstream.here && this.#closing) this.#leader!.stop();
    else if (upstream.here) void this.#leader!.begin();
    const first = !this.#opened;
    this.#opened = true;
    this.#storage = (reply.value as Opened).storage;
    if (upstream.here) this.#blobs.collectFromNowOn();
    const role = upstream.here ? 'leader' : 'follower';
    if (first) this.#post([reply]);
    else if (role !== this.#role) this.#tell({ type: 'role', role });
    this.#role = role;
    if (!first) upstream.send(this.#backlog.again(upstream.here));
    this.#silence.look();
    this.#change();
  }

  #notConnected({ here }: Upstream, error: WireError): void {
    if (!this.#opened) {
      this.#post([{ type: 'reply', id: this.#open.id, error }]);
      return;
    }
    if (!here) return;
    if (error.code === 'newer-schema') {
      this.#stopLeading();
      return this.#giveUp(error);
    }
    // Another tab may have more luck; this one tries again.
    this.#tell({ type: 'storage-error', error: { code: error.code, message: error.message } });
    this.#inTrouble = true;
    this.#stopLeading();
    this.#environment.clock.after(RETRY_MS, () => this.#change());
  }

  #stopLeading(): void {
    this.#blobs.stopCollecting();
    this.#leader?.stop();
    this.#leader = undefined;
    this.#host = undefined;
    this.#upstream = undefined;
  }

  #hostEnded(host: Host): void {
    if (this.#host !== host) return;
    // Closed by its page, or trapped.
    this.#leader?.stop();
    this.#streams.dropAll();
    this.#end();
  }

  /** In a reader of a follower: a module that trapped is never called again. */
  #trapped(error: MillraceError): void {
    this.#streams.dropAll();
    this.#post([{ type: 'trapped', error: toWire(error) }]);
    this.#end();
  }

  // ---- hand-over (M3)

  /** A page that may not run must not lead; one that runs again follows. Called after each change of either. */
  #change(): void {
    if (this.#frozen && this.#follower) this.#stopFollowing();
    else if (this.#frozen && this.#upstream?.here) void this.#handOver();
    else if (!this.#frozen && !this.#host && !this.#follower && this.#opened) this.#follow();
  }

  /** Lets another tab lead. What the page says meanwhile is kept. REQUIRES: it leads. */
  async #handOver(): Promise<void> {
    const host = this.#host!;
    this.#blobs.stopCollecting();
    this.#upstream = undefined;
    this.#leader?.leave();
    await host.handOver(this.#backlog.writers);
    this.#host = undefined;
    this.#leader = undefined;
    if (!this.#outdated) this.#change();
  }

  /** A newer release wants to lead. This tab can not follow it. */
  async #yield(): Promise<void> {
    if (!this.#upstream?.here) return;
    this.#outdated = true;
    await this.#handOver();
    this.#giveUp();
  }

  #metOtherRelease(how: 'older' | 'newer'): void {
    if (how === 'newer') this.#giveUp();
    else this.#follower?.askToYield();
  }

  /** Says so to the page, with everything that it is waiting for. Nothing more is said to others. */
  #giveUp(error: WireError = this.#newerElsewhere()): void {
    this.#outdated = true;
    this.#stopFollowing();
    if (!this.#opened) this.#post([{ type: 'reply', id: this.#open.id, error }]);
    this.#tell({ type: 'storage-error', error });
    this.#post([{ type: 'trapped', error }]);
    this.#end();
  }

  #newerElsewhere(): WireError {
    return toWire(new MillraceError('newer-schema',
      `Another tab has the store "${this.#request.name}" open with a newer version of this page. Reload this one.`));
  }

  // ---- messages

  #say(messages: ToHost[]): void {
    if (messages.length === 0) return;
    const upstream = this.#upstream;
    const now = this.#environment.clock.now();
    const to = upstream === undefined ? 'nobody' : upstream.here ? 'here' : 'leader';
    for (const message of messages) this.#backlog.said(message, now, to);
    upstream?.send(messages);
    this.#silence.look();
  }

  #heard(messages: readonly FromHost[]): void {
    const forPage: ToPage[] = [];
    for (const message of messages) {
      if (message.type === 'reply' && message.id === this.#open.id) {
        this.#connected(message);
        continue;
      }
      this.#backlog.heard(message);
      if (this.#own.heard(message) || this.#streams.heard(message)) continue;
      if (message.type !== 'saved') forPage.push(message);
    }
    if (forPage.length > 0) this.#post(forPage);
  }

  #tell(event: WireEvent): void { this.#post([{ type: 'batch', events: [event] }]); }

  async #close(call: Call & { method: 'close' }): Promise<void> {
    this.#blobs.close('The store was closed');
    await this.#streams.abortAll('The store was closed', call.args[0]);
    this.#closing = true;
    // Followers hear nothing of the end of this opening: they go on with the next.
    this.#leader?.stop();
    this.#say([call]);
  }

  // ---- a leader that does not answer

  #watchSilence(clock: Clock): SilenceWatch {
    return new SilenceWatch(clock, {
      waits: () => !this.#opened || !this.#backlog.empty || this.#inTrouble,
      // What a frozen page waits for can only come once it runs.
      heardAt: () => (this.#frozen ? undefined : this.#upstream?.here ? clock.now() : this.#follower?.heardAt ?? this.#aloneSince),
      answers: () => this.#answersAgain(),
      silent: () => this.#waitAgain(),
      tooLong: (since) => this.#tooLong(since),
    });
  }

  #answersAgain(): void {
    if (!this.#inTrouble || !this.#upstream) return;
    this.#inTrouble = false;
    this.#tell({ type: 'storage-recovered' });
  }

  #tooLong(since: number): void {
    const error = toWire(new MillraceError('timeout',
      `The tab that has the store "${this.#request.name}" open does not answer. What was to be changed is still sent to it.`));
    if (!this.#opened) {
      this.#post([{ type: 'reply', id: this.#open.id, error }]);
      this.#end();
      return;
    }
    const replies = this.#backlog.giveUp(since).map((id) => ({ type: 'reply' as const, id, error }));
    const forPage = replies.filter((reply) => !this.#own.tooLong(reply));
    if (forPage.length > 0) this.#post(forPage);
    if (this.#inTrouble || (replies.length === 0 && this.#backlog.empty)) return;
    this.#inTrouble = true;
    this.#tell({ type: 'storage-error', error });
  }
}
