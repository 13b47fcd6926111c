// The deltas of a reply as blocks, for protocols that say where each thought, text and call begins and ends.

/**
 * @typedef {{ index: number, kind: 'reasoning' | 'text' | 'call', id?: string, name?: string, text: string }} Block
 * @param {{ open(block: Block): string, delta(block: Block, text: string): string, close(block: Block): string }} words
 *   the events for each. `id` and `name`: of a call. `text`: what came of it so far.
 */
export function blocksOf({ open, delta, close }) {
  let block;
  let count = 0;
  const end = () => {
    const events = block === undefined ? '' : close(block);
    block = undefined;
    return events;
  };
  return {
    delta(next) {
      const { kind, id, name, text } = pieceOf(next);
      let events = '';
      if (kind !== block?.kind || id !== undefined) {
        events = end();
        block = { index: count++, kind, id, name, text: '' };
        events += open(block);
      }
      block.text += text;
      return text === '' ? events : events + delta(block, text);
    },
    end,
  };
}

function pieceOf({ reasoning_content: thought, content, tool_calls: calls }) {
  if (thought !== undefined) return { kind: 'reasoning', text: thought };
  if (content !== undefined) return { kind: 'text', text: content };
  const [{ id, function: { name, arguments: text } }] = calls;
  return { kind: 'call', id, name, text };
}
