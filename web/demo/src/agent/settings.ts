import { isProtocol, type Protocol } from './protocols.js';

/**
 * What a person chose. Kept in local storage, except the key: that stays in the tab's session
 * storage, so it survives a reload and is gone when the tab is closed.
 */
export interface Settings {
  readonly baseUrl: string;
  readonly protocol: Protocol;
  readonly model: string;
  readonly apiKey: string;
  /** Deltas a second, for the demo's own server. */
  readonly rate: number;
}

export const MIN_RATE = 10;
export const MAX_RATE = 2000;

const STORED = 'millrace-demo.settings';
const STORED_KEY = 'millrace-demo.api-key';

export const DEFAULT_SETTINGS: Settings = {
  baseUrl: new URL('/v1', location.href).href,
  protocol: 'openai-chat',
  model: 'millrace-demo',
  apiKey: '',
  rate: 240,
};

let settings = load();
const listeners = new Set<() => void>();

export const getSettings = (): Settings => settings;

export function subscribeToSettings(onChange: () => void): () => void {
  listeners.add(onChange);
  return () => void listeners.delete(onChange);
}

export function changeSettings(change: Partial<Settings>): void {
  settings = { ...settings, ...change };
  const { apiKey, baseUrl, ...kept } = settings;
  // The demo's own address has another port tomorrow: only somebody else's is worth keeping.
  const stored = isOwnServer(settings) ? kept : { ...kept, baseUrl };
  localStorage.setItem(STORED, JSON.stringify(stored));
  sessionStorage.setItem(STORED_KEY, apiKey);
  for (const listener of [...listeners]) listener();
}

/** Only the demo's own server knows about rates. */
export function isOwnServer({ baseUrl }: Pick<Settings, 'baseUrl'>): boolean {
  return URL.canParse(baseUrl) && new URL(baseUrl).origin === location.origin;
}

function load(): Settings {
  const apiKey = sessionStorage.getItem(STORED_KEY) ?? '';
  let stored: unknown;
  try {
    stored = JSON.parse(localStorage.getItem(STORED) ?? '{}');
  } catch {
    stored = {};
  }
  const { baseUrl, protocol, model, rate } = (stored ?? {}) as Partial<Record<keyof Settings, unknown>>;
  return {
    baseUrl: typeof baseUrl === 'string' && URL.canParse(baseUrl) ? baseUrl : DEFAULT_SETTINGS.baseUrl,
    protocol: isProtocol(protocol) ? protocol : DEFAULT_SETTINGS.protocol,
    model: typeof model === 'string' ? model : DEFAULT_SETTINGS.model,
    rate: typeof rate === 'number' ? Math.min(MAX_RATE, Math.max(MIN_RATE, rate)) : DEFAULT_SETTINGS.rate,
    apiKey,
  };
}
