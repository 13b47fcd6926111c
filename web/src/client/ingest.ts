/** The entry of `ingest`: checks the arguments and picks who reads the stream. */
import type { IngestOptions, Run, StreamFormat, StreamSource } from '../api.js';
import type { Role } from '../types.js';
import type { DraftHost } from './draft.js';
import { aborted } from './ingest-errors.js';
import { newId } from './ids.js';
import { MappedRun } from './mapped-run.js';
import { sourceOf } from './stream-source.js';
import { checkFields, checkFunction, checkId, checkObject, checkOptionalId, checkSignal, oneOf } from './validate.js';
import { WorkerRun } from './worker-run.js';

const FORMATS = ['openai-chat', 'text'] as const satisfies readonly StreamFormat[];

/** The message that a stream goes to. */
export interface Target {
  sessionId: string;
  messageId: string;
  /** Goes on with the message if it exists. */
  resume: boolean;
  role: Role;
  model: string | undefined;
  provider: string | undefined;
  /** The run scope it belongs to; 0: none. */
  run: number;
}

/** What a stream needs of its store. */
export interface IngestHost extends DraftHost {
  readonly ingests: Ingests;
}

/** A stream under way. */
export interface ActiveRun extends Run {
  /** The Worker is gone: `done` rejects with this. */
  fail(error: Error): void;
}

/** The streams under way, and those of them that the Worker reads, by the id of their request. */
export class Ingests {
  readonly active = new Set<ActiveRun>();
  readonly byId = new Map<number, WorkerRun>();

  abortAll(reason: unknown): void {
    for (const run of [...this.active]) run.abort(reason);
  }

  failAll(error: Error): void {
    for (const run of [...this.active]) run.fail(error);
    this.byId.clear();
  }
}

/** `run`: the id of a run scope, 0 for none. */
export async function ingest(
  host: IngestHost, sessionId: string, source: StreamSource, options: IngestOptions, run = 0,
): Promise<ActiveRun> {
  checkId('sessionId', sessionId);
  checkObject('The options of ingest', options);
  checkOptions(options);
  const { format, role = 'assistant', model, provider, messageId = newId(), signal } = options;
  const read = sourceOf(source);
  if (signal?.aborted) throw aborted(signal.reason);
  const target: Target = {
    sessionId, messageId, resume: options.messageId !== undefined, role, model, provider, run,
  };
  if (typeof format === 'function') return MappedRun.start(host, target, read, format, signal);
  return WorkerRun.start(host, target, read, format, options);
}

const OPTIONS = [
  'format', 'role', 'model', 'provider', 'messageId', 'signal', 'onUsage',
] as const satisfies readonly (keyof IngestOptions)[];

function checkOptions(options: IngestOptions): void {
  checkFields('ingest', options, OPTIONS);
  const { format, role = 'assistant', messageId, signal, onUsage } = options;
  if (typeof format !== 'function') oneOf('format, if it is no function,', format, FORMATS);
  // A message of any other role is finished from the start.
  oneOf('The role of a message to stream into', role, ['assistant']);
  checkOptionalId('messageId', messageId);
  checkSignal(signal);
  if (onUsage !== undefined) checkFunction('onUsage', onUsage);
}

/** Saves the message before its stream is there to be read. */
export async function prepareMessage({ connection }: DraftHost, target: Target): ReturnType<typeof createTarget> {
  if (!target.resume) return createTarget(connection, target);
  try {
    return await connection.call('openMessage', target.messageId, true);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'not-found') throw error;
    return createTarget(connection, target);
  }
}

function createTarget(connection: DraftHost['connection'], target: Target) {
  const { messageId: id, sessionId, role, model, provider, run } = target;
  return connection.call('createMessage', sessionId, { id, role, model, provider }, run);
}
