/** The runs of a client: it names each by the call that began it, whoever leads, and the core by a number of its own. */
import type { Call } from '../protocol.js';

/** The core's number of each run, by the client's name of it. */
export type Runs = Map<number, number>;

/** The core's number of a run. One that is over has none: -1, which the core refuses. */
export function coreRun(run: number, runs: Runs): number {
  return run === 0 ? 0 : runs.get(run) ?? -1;
}

/** The call as the core is to hear it. */
export function withRun(call: Call, runs: Runs): Call {
  const known = (run: number): number => coreRun(run, runs);
  switch (call.method) {
    case 'createMessage': return { ...call, args: [call.args[0], call.args[1], call.args[2], known(call.args[3])] };
    case 'beginReply': return { ...call, args: [{ ...call.args[0], run: known(call.args[0].run) }] };
    case 'endRun': return { ...call, args: [known(call.args[0]), call.args[1]] };
    default: return call;
  }
}
