import type { FinishPart } from 'millrace';

interface FinishNoteProps { part: FinishPart; cutOffByReload: boolean }

/** How a reply ended, unless it simply did. */
export function FinishNote({ part, cutOffByReload }: FinishNoteProps) {
  const text = describe(part, cutOffByReload);
  if (text === undefined) return null;
  return (
    <div className="finish" data-kind={part.reason === 'error' ? 'error' : 'notice'}>
      <p>{text}</p>
      {part.details !== undefined && part.details !== '' && <p className="finish-details">{part.details}</p>}
    </div>
  );
}

function describe({ reason, message }: FinishPart, cutOffByReload: boolean): string | undefined {
  switch (reason) {
    case 'end_turn':
    case 'tool_use':
      return undefined;
    case 'interrupted':
      return `Interrupted: the page was closed or reloaded during this reply. What had arrived is kept${cutOffByReload ? ', up to the last window' : ''}.`;
    case 'canceled':
      return 'You stopped this reply.';
    case 'error':
      return message === undefined || message === '' ? 'The reply failed.' : `The reply failed: ${message}`;
    case 'max_tokens':
      return 'The model reached its limit of tokens.';
    case 'content_filter':
      return 'The provider withheld the rest of this reply.';
    case 'unknown':
      return 'The stream ended without saying that the reply is complete.';
  }
}
