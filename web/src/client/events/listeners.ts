/**
 * The listeners of a page and what each of them has seen.
 *
 * Invariants:
 * 1. A listener is called once per batch, with the events that pass its filter, or not at all.
 * 2. `appended` is on an event only for a listener whose last event about the message showed the
 *    version that the patch starts from.
 * 3. Subscribing and unsubscribing inside a listener are safe: who joins hears from the next batch
 *    on, who left hears nothing more.
 */
import type { EventFilter, Listener, StoreEvent } from '../../types.js';
import type { Heard } from './mirrors.js';
import { defined } from '../defined.js';
import { check, checkFields, checkOptionalId, oneOf } from '../calls/validate.js';

const TYPES = [
  'created', 'updated', 'deleted', 'session-created', 'session-updated', 'session-deleted', 'lagged', 'storage-error',
  'storage-recovered', 'role',
] as const satisfies readonly StoreEvent['type'][];

/** Throws 'invalid-argument': a listener with a filter that nothing passes would wait for ever. */
export function checkFilter(filter: EventFilter): void {
  checkFields('A filter', filter, ['sessionId', 'messageId', 'types']);
  checkOptionalId('sessionId', filter.sessionId);
  checkOptionalId('messageId', filter.messageId);
  check(filter.types === undefined || Array.isArray(filter.types), 'types', 'an array', filter.types);
  for (const type of filter.types ?? []) oneOf('A type of event', type, TYPES);
}

/** With more different filters than this the page is sent everything: looking through them would cost more. */
const MOST_FILTERS = 32;

interface Entry {
  readonly listener: Listener;
  readonly filter: EventFilter;
  readonly types: ReadonlySet<string> | undefined;
  /** Unfinished messages and the version last shown. */
  readonly seen: Map<string, number>;
}

export class Listeners {
  readonly #entries = new Set<Entry>();
  #calls = 0;

  get size(): number { return this.#entries.size; }
  /** Calls of listeners so far. */
  get calls(): number { return this.#calls; }

  /** Returns what removes it; removing twice is safe. */
  add(listener: Listener, filter: EventFilter): () => void {
    const types = filter.types && new Set<string>(filter.types);
    const entry: Entry = { listener, filter: { ...filter }, types, seen: new Map() };
    this.#entries.add(entry);
    return () => void this.#entries.delete(entry);
  }

  /** What the listeners want, together: nothing that passes none of these reaches any of them. */
  filters(): EventFilter[] {
    const distinct = new Map<string, EventFilter>();
    for (const { filter, types } of this.#entries) {
      const { sessionId, messageId } = filter;
      const plain = defined({ sessionId, messageId, types: types && [...types].sort() as StoreEvent['type'][] });
      distinct.set(JSON.stringify(plain), plain);
    }
    return distinct.has('{}') || distinct.size > MOST_FILTERS ? [{}] : [...distinct.values()];
  }

  /** Whether any listener hears of the updates of that message. */
  wantUpdatesOf(sessionId: string, messageId: string): boolean {
    return [...this.#entries].some(({ filter, types }) =>
      (!types || types.has('updated')) && (filter.sessionId ?? sessionId) === sessionId && (filter.messageId ?? messageId) === messageId);
  }

  deliver(batch: readonly Heard[]): void {
    const plain = new Map<Heard, StoreEvent>();
    for (const entry of [...this.#entries]) {
      if (!this.#entries.has(entry)) continue;
      const events: StoreEvent[] = [];
      for (const heard of batch) if (passes(heard.event, entry)) events.push(eventFor(entry, heard, plain));
      if (events.length === 0) continue;
      this.#calls += 1;
      try {
        entry.listener(events);
      } catch (error) {
        report(error);
      }
    }
  }
}

/** What an event is about; undefined: the store itself, which concerns everybody. */
function subjectOf(event: StoreEvent): { sessionId: string; messageIds: readonly string[] } | undefined {
  if ('message' in event) return { sessionId: event.message.sessionId, messageIds: [event.message.id] };
  if ('session' in event) return { sessionId: event.session.id, messageIds: [] };
  if (event.type === 'session-deleted') return { ...event, messageIds: [] };
  return event.type === 'deleted' ? event : undefined;
}

function passes(event: StoreEvent, { filter, types }: Entry): boolean {
  // Whoever lost something is told, whatever it wants to hear (B4).
  if (types && !types.has(event.type) && event.type !== 'lagged') return false;
  const { sessionId, messageId } = filter;
  if (sessionId === undefined && messageId === undefined) return true;
  const subject = subjectOf(event);
  return !subject ||
    ((sessionId === undefined || subject.sessionId === sessionId) &&
      (messageId === undefined || subject.messageIds.includes(messageId)));
}

/** `plain`: events without their `appended`, made once for the listeners that have not seen what it was appended to. */
function eventFor(entry: Entry, heard: Heard, plain: Map<Heard, StoreEvent>): StoreEvent {
  const { event, from } = heard;
  if (event.type === 'deleted') for (const id of event.messageIds) entry.seen.delete(id);
  if (event.type !== 'created' && event.type !== 'updated') return event;
  const { id, version, finishedAt } = event.message;
  const last = entry.seen.get(id);
  if (finishedAt === undefined) entry.seen.set(id, version);
  else entry.seen.delete(id);
  if (from === undefined || last === from) return event;
  let without = plain.get(heard);
  if (!without) {
    const { appended, ...rest } = event as Extract<StoreEvent, { type: 'updated' }>;
    without = Object.freeze(rest);
    plain.set(heard, without);
  }
  return without;
}

/** Like an exception in an event listener of the page: seen by its error handlers, stopping nobody. */
export function report(error: unknown): void {
  queueMicrotask(() => { throw error; });
}
