/**
 * The page's copy of a message, changed by patches and shown as immutable snapshots.
 *
 * Cost: an append is O(1) (the engine keeps concatenated strings as ropes), and so is finding a part by its id; the first
 * change after a snapshot copies the list of parts, never their text.
 *
 * Invariants:
 * 1. Snapshots are frozen with their parts, so what a listener does to one touches nobody else (C15).
 * 2. A part is changed in place exactly as long as it is not frozen, that is, not shown.
 */
import type { PatchOp, WirePatch } from '../../core-module.js';
import type { Message, Part, TextPart } from '../../types.js';
import { defined } from '../defined.js';
import { sameValue, shown } from '../events/isolate.js';

/** Texts that were appended: where, and at which offset, in UTF-16 units. */
export type Appended = readonly { part: number; offset: number; text: string }[];

/** A message without its parts. */
export type Header = Omit<Message, 'parts'>;

/** The text that deltas append to; undefined for parts that never grow. */
export function bodyOf(part: Part | undefined): string | undefined {
  if (part?.type === 'text' || part?.type === 'reasoning') return part.text;
  return part?.type === 'tool_call' ? part.input : undefined;
}

/** The part with that body: itself unless it was shown. REQUIRES: bodyOf(part) !== undefined. */
function withBody(part: Part, body: string): Part {
  const own = Object.isFrozen(part) ? { ...part } : part;
  if (own.type === 'tool_call') own.input = body;
  else (own as TextPart).text = body;
  return own;
}

/** What a part is found by; a part that has no id cannot be found. */
type Named = { type: Part['type']; id?: string; name?: string; toolCallId?: string };

/** The key of the core's PartIndex: type and id, and the name of a custom part; '' without an id. */
function keyOf(part: Named): string {
  const { type, id = part.toolCallId, name } = part;
  return id ? JSON.stringify([type, id, type === 'custom' && name]) : '';
}

export class MessageCopy {
  #header: Header;
  /** Newer than the header's. */
  #version: number;
  #updatedAt: number;
  #parts: Part[];
  #shown: Message | undefined;
  /** Positions of the parts that may not be frozen yet. */
  readonly #unfrozen = new Set<number>();
  /** Where each part with a key stands, of the first `#indexed` parts. Filled when a part is looked for. */
  readonly #at = new Map<string, number>();
  #indexed = 0;

  /** Takes the message over: parts of it that are not frozen may change. */
  constructor(message: Message) {
    const { parts, ...header } = message;
    this.#header = header;
    this.#version = header.version;
    this.#updatedAt = header.updatedAt;
    this.#parts = [...parts];
    for (const index of parts.keys()) this.#unfrozen.add(index);
  }

  get id(): string { return this.#header.id; }
  get sessionId(): string { return this.#header.sessionId; }
  get version(): number { return this.#version; }
  get finished(): boolean { return this.#header.finishedAt !== undefined; }
  get header(): Readonly<Header> { return this.#header; }
  get parts(): readonly Part[] { return this.#parts; }

  /** The position of the last part with the key of that one, or -1. Reads each part once. */
  indexOf(part: Named): number {
    for (; this.#indexed < this.#parts.length; ++this.#indexed) {
      const key = keyOf(this.#parts[this.#indexed] as Named);
      if (key) this.#at.set(key, this.#indexed);
    }
    return this.#at.get(keyOf(part)) ?? -1;
  }

  /** The message as it is now; the same object until something changes. */
  snapshot(): Message {
    if (!this.#shown) {
      for (const index of this.#unfrozen) this.#parts[index] = shown(this.#parts[index]!);
      this.#unfrozen.clear();
      this.#shown = Object.freeze({
        ...this.#header, version: this.#version, updatedAt: this.#updatedAt, parts: Object.freeze(this.#parts),
      });
    }
    return this.#shown;
  }

  /** Applies a patch, and says what was appended if that is all it did. Undefined if it does not fit: the copy is of no more use then. */
  apply(patch: WirePatch): { appended?: Appended } | undefined {
    if (patch.fromVersion !== this.#version) return undefined;
    if (this.#shown) this.#parts = [...this.#parts];
    this.#shown = undefined;
    const appended: { part: number; offset: number; text: string }[] = [];
    for (const op of patch.ops) {
      if (op.op === 'append') {
        const offset = this.#append(op.part, op.text);
        if (offset === undefined) return undefined;
        appended.push({ part: op.part, offset, text: op.text });
      } else if (!this.#applyOp(op)) {
        return undefined;
      }
    }
    this.#version = patch.toVersion;
    this.#updatedAt = patch.updatedAt;
    return appended.length === patch.ops.length ? { appended } : {};
  }

  /** Becomes `message`; parts that are equal keep their identity. */
  adopt(message: Message): void {
    const old = this.#parts;
    const { parts, ...header } = message;
    this.#header = header;
    this.#version = header.version;
    this.#updatedAt = header.updatedAt;
    this.#parts = parts.map((part, index) => (sameValue(old[index], part) ? old[index]! : part));
    this.#shown = undefined;
    this.#unfrozen.clear();
    for (const index of parts.keys()) this.#unfrozen.add(index);
    this.#forgetPlaces();
  }

  #forgetPlaces(): void {
    this.#at.clear();
    this.#indexed = 0;
  }

  /** Returns where the text begins. */
  #append(index: number, text: string): number | undefined {
    const part = this.#parts[index];
    const body = bodyOf(part);
    if (!part || body === undefined) return undefined;
    this.#parts[index] = withBody(part, body + text);
    this.#unfrozen.add(index);
    return body.length;
  }

  #applyOp(op: Exclude<PatchOp, { op: 'append' }>): boolean {
    const parts = this.#parts;
    switch (op.op) {
      case 'put': {
        if (op.part > parts.length) return false;
        const body = op.keepBody ? bodyOf(parts[op.part]) : undefined;
        if (op.keepBody && body === undefined) return false;
        // Another part than the one that was read there: what is known of their places may be wrong.
        if (op.part < this.#indexed && keyOf(parts[op.part] as Named) !== keyOf(op.value as Named)) this.#forgetPlaces();
        parts[op.part] = body === undefined ? op.value : withBody(op.value, body);
        this.#unfrozen.add(op.part);
        return true;
      }
      case 'truncate':
        if (op.size > parts.length) return false;
        parts.length = op.size;
        for (const index of this.#unfrozen) if (index >= op.size) this.#unfrozen.delete(index);
        this.#forgetPlaces();
        return true;
      case 'notes': {
        const { metadata = this.#header.metadata, usage = this.#header.usage } = op;
        this.#header = defined({ ...this.#header, metadata: metadata ?? undefined, usage }) as Header;
        return true;
      }
      case 'header': {
        const { model, provider, finishedAt, ...rest } = this.#header;
        const { op: name, ...fields } = op;
        this.#header = { ...rest, ...fields };
        return true;
      }
    }
  }
}
