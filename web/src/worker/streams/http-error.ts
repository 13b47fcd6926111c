import { MillraceError } from '../../errors.js';
import type { Answer } from '../../protocol.js';
import type { Source } from './byte-source.js';

/** Bytes of an error's body that are kept: enough for any provider's explanation. */
const BODY_BYTES = 2048;
/** Characters of it that the message shows, which also stands in the finish part. */
const EXCERPT = 300;
/** Milliseconds that a server gets for it: some never end the body of an error. */
const BODY_MS = 2000;

/** Milliseconds to wait, from `retry-after-ms` or `retry-after` (seconds or a date). */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const ms = Number(headers.get('retry-after-ms') ?? NaN);
  if (ms >= 0) return ms;
  const after = headers.get('retry-after');
  if (!after) return undefined;
  const wait = /^\s*\d+(\.\d+)?\s*$/.test(after) ? Number(after) * 1000 : Date.parse(after) - now;
  return Number.isNaN(wait) ? undefined : Math.max(0, Math.round(wait));
}

/** The error that a response with a status of failure stands for. Reads the start of its body. */
export async function httpError(answer: Answer, content: Source): Promise<MillraceError> {
  const { status, statusText, type, headers } = answer;
  // No server answered that: the request failed, or its answer is hidden from the page.
  if (status === 0) {
    content.cancel();
    return new MillraceError('network', `The request got no answer (a response of type "${type}")`);
  }
  const body = await startOf(content);
  const said = body.trim().slice(0, EXCERPT);
  return new MillraceError('http', `The server answered ${status}${statusText && ` ${statusText}`}${said && `: ${said}`}`, {
    status, body, retryAfterMs: retryAfterMs(new Headers([...headers]), Date.now()),
  });
}

async function startOf(content: Source): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  // A canceled body ends, and what came of it counts.
  const timer = setTimeout(() => content.cancel(), BODY_MS);
  for (let left = BODY_BYTES; left > 0;) {
    const bytes = await content.next().catch(() => undefined);
    if (!bytes) break;
    text += decoder.decode(bytes.subarray(0, left), { stream: true });
    left -= bytes.length;
  }
  clearTimeout(timer);
  content.cancel();
  return text;
}
