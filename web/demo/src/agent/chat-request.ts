import type { ResumePoint } from 'millrace';
import { endpoint, keptAs, pathToGoOn, PROTOCOLS } from './protocols.js';
import { isOwnServer, type Settings } from './settings.js';

/** Under this name the demo's server finds the streams of this page again, to change their rate or to cut them. */
const PACE_NAME = crypto.randomUUID();

/** A request the Worker can make: everything in it can be sent across. */
export interface WorkerRequest { url: string; init: RequestInit }

export interface ChatRequest {
  source: WorkerRequest;
  /** Goes on with the same reply. Undefined: the server does not keep replies. */
  goOn?: (point: ResumePoint) => WorkerRequest | undefined;
}

/** `history`: as the protocol of these settings has it. */
export function chatRequest(settings: Settings, history: readonly unknown[]): ChatRequest {
  const { protocol, model, apiKey, baseUrl, rate } = settings;
  const own = isOwnServer(settings);
  const reply = crypto.randomUUID();
  const words = PROTOCOLS[protocol];
  const body = {
    model,
    ...words.body(history),
    ...(own ? { deltas_per_second: rate, pace: PACE_NAME, ...keptAs(protocol, reply) } : {}),
  };
  const headers = { 'Content-Type': 'application/json', Accept: 'text/event-stream', ...words.headers(apiKey) };
  const source = { url: endpoint(settings, own), init: { method: 'POST', headers, body: JSON.stringify(body) } };
  if (!own) return { source };
  return {
    source,
    goOn: (point) => {
      const path = pathToGoOn(protocol, reply, point);
      return path === undefined ? undefined : { url: new URL(path, baseUrl).href, init: {} };
    },
  };
}

/** Changes the rate of what is streaming now. Of no consequence if it fails: the next reply has it. */
export async function changePace(settings: Settings): Promise<void> {
  if (!isOwnServer(settings)) return;
  const body = JSON.stringify({ pace: PACE_NAME, deltas_per_second: settings.rate });
  await fetch(new URL('/demo/pace', settings.baseUrl), { method: 'POST', body }).catch(() => undefined);
}

/** Breaks the connections of what is streaming now. */
export async function cutConnections(settings: Settings): Promise<void> {
  const response = await fetch(new URL('/demo/cut', settings.baseUrl), { method: 'POST', body: JSON.stringify({ pace: PACE_NAME }) });
  if (!response.ok) throw new Error(`The server answered with status ${response.status}.`);
}
