// The prose of the replies: the Markdown files of prose/, as blocks, the most fitting essay first.
import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('./prose/', import.meta.url);
const ESSAYS = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.md'))
  .sort()
  .map((name) => {
    const text = readFileSync(new URL(name, FOLDER), 'utf8').trim();
    return { words: wordsOf(text), text };
  });

/** Each essay once, whole: first the one that shares most words with the prompt. */
export function* essaysFor(prompt, seed) {
  const asked = wordsOf(prompt);
  const score = ({ words }) => [...asked].filter((word) => words.has(word)).length;
  const turned = ESSAYS.map((_, index) => ESSAYS[(index + seed) % ESSAYS.length]);
  turned.sort((a, b) => score(b) - score(a));
  for (const { text } of turned) yield text;
}

/** Short words say nothing about a subject. */
function wordsOf(text) {
  return new Set((text.toLowerCase().match(/\p{L}+/gu) ?? []).filter((word) => word.length > 4));
}
