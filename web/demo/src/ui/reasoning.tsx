import type { ReasoningPart } from 'millrace';
import { useId, useState } from 'react';
import { ChevronIcon } from './icons.js';

/** Open while the model thinks and folded afterwards, until a person decides otherwise. */
export function Reasoning({ part, live }: { part: ReasoningPart; live: boolean }) {
  const [chosen, setChosen] = useState<boolean>();
  const open = chosen ?? live;
  const id = useId();
  return (
    <div className="reasoning" data-open={open}>
      <button type="button" className="reasoning-toggle" aria-expanded={open} aria-controls={id} onClick={() => setChosen(!open)}>
        <ChevronIcon />
        <span>{live ? 'Thinking…' : `Thought${duration(part)}`}</span>
      </button>
      <div className="reasoning-text" id={id} hidden={!open}>
        {part.text}
      </div>
    </div>
  );
}

function duration({ startedAt, finishedAt }: ReasoningPart): string {
  if (startedAt === undefined || finishedAt === undefined || finishedAt <= startedAt) return '';
  const seconds = (finishedAt - startedAt) / 1000;
  return ` for ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}
