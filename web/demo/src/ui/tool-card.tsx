import type { ToolCallPart, ToolResultPart } from 'millrace';
import { ToolIcon } from './icons.js';

interface ToolCardProps {
  call: ToolCallPart;
  result: ToolResultPart | undefined;
  /** The message ended before the call was complete. */
  abandoned: boolean;
}

export function ToolCard({ call, result, abandoned }: ToolCardProps) {
  const state = result !== undefined ? (result.isError === true ? 'failed' : 'done') : abandoned ? 'never made' : call.finished ? 'running' : 'being written';
  const name = call.name.replaceAll('_', ' ');
  return (
    <section className="tool" aria-label={`Tool call: ${name}, ${state}`} data-state={state}>
      <header className="tool-header">
        <ToolIcon />
        <span className="tool-name">{call.name}</span>
        <span className="tool-state">{state}</span>
      </header>
      <dl className="tool-body">
        <dt>Arguments</dt>
        <dd><code>{pretty(call)}</code></dd>
        {result !== undefined && (
          <>
            <dt>Result</dt>
            <dd className="tool-result">{result.content}</dd>
          </>
        )}
      </dl>
    </section>
  );
}

/** The arguments as they came; spaced out once they are complete. */
function pretty({ input, finished }: ToolCallPart): string {
  if (!finished) return input === '' ? '…' : input;
  try {
    const value: unknown = JSON.parse(input);
    return JSON.stringify(value, null, 1).replace(/\s*\n\s*/g, ' ');
  } catch {
    return input;
  }
}
