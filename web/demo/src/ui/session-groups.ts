import type { Session } from 'millrace';

export interface SessionGroup { readonly name: string; readonly sessions: readonly Session[] }

const DAY_MS = 24 * 60 * 60 * 1000;

/** In the order in which they come, under the day or the month of their last change. */
export function groupByDate(sessions: readonly Session[], now: number): SessionGroup[] {
  const groups: { name: string; sessions: Session[] }[] = [];
  for (const session of sessions) {
    const name = nameOf(session.updatedAt, now);
    const last = groups.at(-1);
    if (last?.name === name) last.sessions.push(session);
    else groups.push({ name, sessions: [session] });
  }
  return groups;
}

function nameOf(time: number, now: number): string {
  const today = new Date(now).setHours(0, 0, 0, 0);
  if (time >= today) return 'Today';
  if (time >= today - DAY_MS) return 'Yesterday';
  if (time >= today - 6 * DAY_MS) return 'Last seven days';
  return new Date(time).toLocaleDateString('en', { month: 'long', year: 'numeric' });
}
