/**
 * A conversation between two tabs: what one sends reaches the other once and in order, whatever the channel between them
 * loses, repeats or reorders. It ends with either tab; the next one begins anew.
 *
 *   send ──▶ frame 1, 2, 3 … kept until heard ──▶ in order: delivered ──▶ `heard` goes back with the next frame, or by itself
 *              ▲                                  │ gap: "again, from `heard` on"
 *              └──────────────────────────────────┘ nothing heard for RESEND_MS: the first one again
 *
 * Invariants: `#unheard` holds the frames that the other has not said it heard, in order. `#heard` is the last frame that was
 * delivered, and no frame is delivered twice.
 */
import type { Clock } from './environment.js';

/** Milliseconds after which what was not acknowledged is sent again. */
export const RESEND_MS = 400;
/** Milliseconds that an acknowledgement may wait for something to go with. */
export const HEARD_MS = 100;
/** As many frames are acknowledged together, at most. */
const HEARD_FRAMES = 16;

export interface Frame<T> {
  /** From 1 on; 0: it carries nothing. */
  readonly number: number;
  /** The last frame of the other side that arrived, with all before it. */
  readonly heard: number;
  readonly messages: T[];
  /** Some are missing: all after `heard` are wanted again. */
  readonly again?: boolean;
}

export class Link<Out, In> {
  readonly #post: (frame: Frame<Out>) => void;
  readonly #deliver: (messages: In[]) => void;
  readonly #clock: Clock;
  readonly #silent: () => void;
  #unheard: Frame<Out>[] = [];
  #last = 0;
  #heard = 0;
  #told = 0;
  #heardAt: number;
  #stopped = false;
  #cancelResend: (() => void) | undefined;
  #cancelHeard: (() => void) | undefined;

  /** `silent`: called now and then while the other side does not acknowledge what was sent. */
  constructor(post: (frame: Frame<Out>) => void, deliver: (messages: In[]) => void, clock: Clock, silent = (): void => undefined) {
    this.#post = post;
    this.#deliver = deliver;
    this.#clock = clock;
    this.#silent = silent;
    this.#heardAt = clock.now();
  }

  /** When anything came from the other side last. */
  get heardAt(): number { return this.#heardAt; }
  /** The other side has everything that was sent. */
  get settled(): boolean { return this.#unheard.length === 0; }

  send(messages: Out[]): void {
    if (this.#stopped) return;
    const frame = { number: ++this.#last, heard: this.#heard, messages };
    this.#unheard.push(frame);
    this.#say(frame);
    this.#cancelResend ??= this.#clock.after(RESEND_MS, () => this.#resend());
  }

  receive({ number, heard, messages, again }: Frame<In>): void {
    if (this.#stopped) return;
    this.#heardAt = this.#clock.now();
    const before = this.#unheard.length;
    this.#unheard = this.#unheard.filter((frame) => frame.number > heard);
    if (this.#unheard.length < before || this.#unheard.length === 0) this.#restartResend();
    if (again) for (const frame of this.#unheard) this.#say(frame);
    if (number === 0) return;
    if (number > this.#heard + 1) return this.#say({ number: 0, heard: this.#heard, messages: [], again: true });
    // One that came before: what told the other side so was lost.
    if (number <= this.#heard) return this.#say({ number: 0, heard: this.#heard, messages: [] });
    this.#heard = number;
    this.#oweHeard();
    this.#deliver(messages);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelResend?.();
    this.#cancelHeard?.();
  }

  #say(frame: Frame<Out>): void {
    this.#cancelHeard?.();
    this.#cancelHeard = undefined;
    this.#told = this.#heard;
    this.#post(frame.heard === this.#heard ? frame : { ...frame, heard: this.#heard });
  }

  #oweHeard(): void {
    const tell = (): void => this.#say({ number: 0, heard: this.#heard, messages: [] });
    if (this.#heard - this.#told >= HEARD_FRAMES) tell();
    else this.#cancelHeard ??= this.#clock.after(HEARD_MS, tell);
  }

  #resend(): void {
    this.#cancelResend = undefined;
    const [first] = this.#unheard;
    if (first) this.#say(first);
    this.#restartResend();
    if (first) this.#silent();
  }

  #restartResend(): void {
    this.#cancelResend?.();
    this.#cancelResend = this.#unheard.length > 0 ? this.#clock.after(RESEND_MS, () => this.#resend()) : undefined;
  }
}
