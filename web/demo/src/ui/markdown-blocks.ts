/**
 * Cuts Markdown into top-level blocks, so that a reply that grows is parsed again at its end only: in
 * the last block, and in the one before it while a line may still turn out to be its next list item. A cut is made at a blank line where the next line certainly starts a new block:
 *
 *   - not inside a fence of backticks or tildes;
 *   - not before an indented line, which may go on with a list item or a footnote;
 *   - not between two list items of one list, whose blank lines make it a loose list.
 *
 * The blocks, joined by blank lines, are the text again but for blank lines. O(length of the text).
 */
export function splitBlocks(text: string): string[] {
  const blocks: string[] = [];
  let block: string[] = [];
  let fence: string | undefined;
  let afterBlank = false;

  for (const line of text.split('\n')) {
    if (fence !== undefined) {
      block.push(line);
      if (closes(fence, line)) fence = undefined;
      continue;
    }
    if (line.trim() === '') {
      // Blank lines stay inside the block until it is known whether it goes on.
      if (block.length > 0) block.push(line);
      afterBlank = true;
      continue;
    }
    if (afterBlank && block.length > 0 && !goesOn(block[0] ?? '', line)) {
      blocks.push(block.join('\n').trimEnd());
      block = [];
    }
    afterBlank = false;
    fence = FENCE.exec(line)?.[1];
    block.push(line);
  }
  if (block.length > 0) blocks.push(block.join('\n').trimEnd());
  return blocks;
}

const FENCE = /^\s*(`{3,}|~{3,})/;
const LIST_ITEM = /^ {0,3}(?:[-+*]|\d{1,9}[.)])(?:\s|$)/;

function closes(fence: string, line: string): boolean {
  const marks = line.trim();
  return marks.length >= fence.length && marks === (fence[0] ?? '').repeat(marks.length);
}

function goesOn(firstLine: string, line: string): boolean {
  return /^\s/.test(line) || (LIST_ITEM.test(firstLine) && LIST_ITEM.test(line));
}

/** Link definitions and footnotes reach across blocks: a text with them is not cut once it is complete. */
export function reachesAcrossBlocks(text: string): boolean {
  return /^ {0,3}\[[^\]\n]+\]:/m.test(text);
}
