import { MillraceError } from 'millrace';

/** What the page says beside its content: politely to screen readers, or as an alert to everybody. */
export interface Notices {
  readonly announcement: string;
  readonly alert: string | undefined;
}

let notices: Notices = { announcement: '', alert: undefined };
const listeners = new Set<() => void>();

export const getNotices = (): Notices => notices;

export function subscribeToNotices(onChange: () => void): () => void {
  listeners.add(onChange);
  return () => void listeners.delete(onChange);
}

/** Read aloud when there is a pause. Whole events, never a streamed token. */
export function announce(announcement: string): void {
  set({ ...notices, announcement });
}

export function reportError(error: unknown, lead = 'That did not work.'): void {
  set({ ...notices, alert: `${lead} ${describeError(error)}` });
}

export function dismissAlert(): void {
  set({ ...notices, alert: undefined });
}

export function describeError(error: unknown): string {
  if (error instanceof MillraceError) return `${error.message} (${error.code})`;
  return error instanceof Error ? error.message : String(error);
}

function set(next: Notices): void {
  notices = next;
  for (const listener of [...listeners]) listener();
}
