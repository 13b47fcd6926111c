// Which of the offered tools a prompt calls for, and with what arguments.
import { randomUUID } from 'node:crypto';

const ARITHMETIC = /[\d(][\d\s.()]*(?:[-+*/×÷^][\d\s.()]+)+/;
const CLOCK = /\b(time|date|clock|today|day is it|hour)\b/i;
const ZONES = {
  athens: 'Europe/Athens', berlin: 'Europe/Berlin', london: 'Europe/London', tokyo: 'Asia/Tokyo',
  'new york': 'America/New_York', sydney: 'Australia/Sydney',
};

/** @returns {{ reasoning: string, sentence: string, calls: { id: string, name: string, input: object }[] }} */
export function planToolCalls(prompt, tools) {
  const offered = new Set(tools.map((tool) => tool?.function?.name));
  const wanted = [arithmetic(prompt), clock(prompt)].filter((plan) => plan !== undefined && offered.has(plan.name));
  if (wanted.length === 0 && offered.has('search_messages')) wanted.push(search(prompt));
  return {
    reasoning: ['I should look at what is being asked before I answer.', ...wanted.map((plan) => plan.why), 'That is cheap, and better than guessing.'].join(' '),
    sentence: wanted.map((plan) => plan.sentence).join(' '),
    calls: wanted.map(({ name, input }) => ({ id: `call_${randomUUID().replaceAll('-', '').slice(0, 20)}`, name, input })),
  };
}

function arithmetic(prompt) {
  const expression = ARITHMETIC.exec(prompt)?.[0].trim().replaceAll('×', '*').replaceAll('÷', '/');
  if (expression === undefined) return undefined;
  return {
    name: 'calculate',
    input: { expression },
    why: `There is a sum in it, ${expression}, and sums are what calculators are for.`,
    sentence: 'Let me work that out properly.',
  };
}

function clock(prompt) {
  if (!CLOCK.test(prompt)) return undefined;
  const city = Object.keys(ZONES).find((name) => prompt.toLowerCase().includes(name));
  return {
    name: 'current_time',
    input: city === undefined ? {} : { time_zone: ZONES[city] },
    why: 'The person wants to know the time; I have no clock of my own, but there is a tool for it.',
    sentence: 'I will have a look at the clock.',
  };
}

function search(prompt) {
  const words = prompt.match(/\p{L}+/gu) ?? [];
  const query = words.reduce((longest, word) => (word.length > longest.length ? word : longest), '') || 'river';
  return {
    name: 'search_messages',
    input: { query, limit: 5 },
    why: `It may well be that we have talked about “${query}” before. The page can search everything that was said here.`,
    sentence: `First I will see what was said about “${query}” before.`,
  };
}
