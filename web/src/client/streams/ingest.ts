/** The entry of `ingest`: checks the arguments. */
import type { IngestOptions, StreamSource } from '../../api.js';
import type { WireReply } from '../../calls.js';
import { defined } from '../defined.js';
import { aborted } from './ingest-errors.js';
import { newId } from '../../ids.js';
import type { ActiveRun, IngestHost } from './active-runs.js';
import { sourceOf } from './stream-source.js';
import { checkFields, checkFunction, checkId, checkObject, checkOptionalId, checkSignal, oneOf } from '../calls/validate.js';
import { WorkerRun } from './worker-run.js';

/** `run`: the id of a run scope, 0 for none. */
export async function ingest(
  host: IngestHost, sessionId: string, source: StreamSource, options: IngestOptions, run = 0,
): Promise<ActiveRun> {
  checkId('sessionId', sessionId);
  checkObject('The options of ingest', options);
  checkOptions(options);
  const { model, provider, metadata, parentId, messageId = newId(), signal } = options;
  const read = sourceOf(source);
  if (signal?.aborted) throw aborted(signal.reason);
  const reply: WireReply = {
    sessionId, messageId, resume: options.messageId !== undefined, writer: newId(), run,
    ...defined({ model, provider, metadata, parentId }),
  };
  return WorkerRun.start(host, reply, read, options);
}

const OPTIONS = [
  'format', 'role', 'model', 'provider', 'parentId', 'metadata', 'messageId', 'signal', 'onUsage',
  'reconnect', 'attempts',
] as const satisfies readonly (keyof IngestOptions)[];

function checkOptions(options: IngestOptions): void {
  checkFields('ingest', options, OPTIONS);
  const { format, role = 'assistant', messageId, signal, onUsage, reconnect } = options;
  // The Worker knows the formats.
  if (typeof format === 'object' && format) checkFunction('format.map', format.map);
  // A message of any other role is finished from the start.
  oneOf('The role of a message to stream into', role, ['assistant']);
  checkOptionalId('messageId', messageId);
  checkSignal(signal);
  if (onUsage !== undefined) checkFunction('onUsage', onUsage);
  if (reconnect !== undefined) checkFunction('reconnect', reconnect);
}
