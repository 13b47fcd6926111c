/**
 * What tabs say to each other, over channels that every tab of the origin may open.
 *
 *   millrace:<store>            presence: all tabs hear it
 *     tab ── hello ────────────▶  a tab looks for the leader; said again until it is answered
 *     leader ── leads ─────────▶  there is a new leader: say hello
 *     leader ── leaves ────────▶  its page is frozen, or goes into the browser's cache: the lock may have to be asked for again
 *     tab ── yield ────────────▶  a tab of a newer release wants to lead
 *   millrace:<store>:<tab>      what is for that tab alone
 *     leader ── welcome ───────▶  the conversation is open
 *     leader or tab ── frame ──▶  see link.ts
 *
 * A tab numbers its conversations: a late hello of an earlier one opens nothing.
 *
 * `millrace`, the number of the protocol, stands in every message, and so does `type`. A tab reads nothing else of what another
 * release has said.
 */
import type { FromHost, ToHost } from '../../protocol.js';
import type { Frame } from './link.js';

/** Of everything that crosses between tabs. To be raised with every change of what is in `ToHost`, `FromHost` or here. */
export const PROTOCOL = 1;

export type Said =
  | { type: 'hello'; tab: string; conversation: number }
  /** `term`: names this time of leading. */
  | { type: 'leads'; tab: string; term: string }
  | { type: 'leaves'; tab: string }
  | { type: 'yield'; tab: string }
  | { type: 'welcome'; tab: string; term: string; conversation: number }
  | { type: 'up'; tab: string; conversation: number; frame: Frame<ToHost> }
  | { type: 'down'; tab: string; conversation: number; frame: Frame<FromHost> };

export type Envelope = { millrace: number } & Said;

export const sealed = (said: Said): Envelope => ({ millrace: PROTOCOL, ...said });

/** How another release differs. Undefined: the envelope is of this one, or of nobody. */
export function otherRelease(data: unknown): 'older' | 'newer' | undefined {
  const { millrace } = data as Partial<Envelope>;
  if (typeof millrace !== 'number' || millrace === PROTOCOL) return undefined;
  return millrace < PROTOCOL ? 'older' : 'newer';
}

export const storeLock = (store: string): string => `millrace:${store}`;
export const presenceOf = (store: string): string => `millrace:${store}`;
export const inboxOf = (store: string, tab: string): string => `millrace:${store}:${tab}`;
