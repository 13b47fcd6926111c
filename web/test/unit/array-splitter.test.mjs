// @ts-check
/** How the elements of an array are found in a stream of bytes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ArraySplitter } from '../../dist/history/array-splitter.js';

const encode = (/** @type {string} */ text) => new TextEncoder().encode(text);

/** What is found in these chunks: the texts, with '!' before what is a problem. @param {Uint8Array[]} chunks @param {number} [largest] */
function split(chunks, largest) {
  const splitter = new ArraySplitter('an array', largest);
  const found = chunks.flatMap((chunk) => [...splitter.push(chunk)]);
  splitter.end();
  return found.map((element) => ('text' in element ? element.text : `!${element.problem}`));
}

/** @param {string} text */
const refusal = (text) => {
  try {
    return split([encode(text)]).join();
  } catch (error) {
    assert.equal(/** @type {any} */ (error).code, 'invalid-argument');
    return /** @type {Error} */ (error).message;
  }
};

const ELEMENTS = [
  { a: 'q"uo\\te', b: ['[', '}', { c: '\\' }], d: 'Grüße 水車 🌊' }, [], {}, 12, -1.5e3, null, true, '', '\\', '"', ',]', [[[1], 2], { x: [] }],
];

test('D6_ elements are found wherever the bytes are cut, with and without blanks and a byte order mark', () => {
  const expected = ELEMENTS.map((element) => JSON.stringify(element));
  for (const text of [JSON.stringify(ELEMENTS), `\ufeff\n [ ${expected.join(' \r\n,\t')} ] \n`]) {
    const bytes = encode(text);
    assert.deepEqual(split([bytes]), expected);
    for (let cut = 0; cut <= bytes.length; cut++) assert.deepEqual(split([bytes.slice(0, cut), bytes.slice(cut)]), expected, `cut at ${cut}`);
    assert.deepEqual(split([...bytes].map((byte) => Uint8Array.of(byte))), expected, 'byte by byte');
  }
});

test('D6_ blanks within an element stay, escapes at the end of a string end nothing', () => {
  assert.deepEqual(refusal('[{"a" : 1 ,\n"b":[ ]}, "\\\\", "\\\\\\"" ]'), '{"a" : 1 ,\n"b":[ ]},"\\\\","\\\\\\""');
});

test('D6_ a file of one conversation is one element', () => {
  assert.deepEqual(split([encode(' {"mapping":{}}\n')]), ['{"mapping":{}}']);
  assert.match(refusal('{"mapping":{}} {}'), /damaged: expected the end at byte 15, found "\{"/);
});

test('D6_ an empty array has no elements', () => assert.deepEqual(split([encode('[\n]')]), []));

for (const [what, text, message] of /** @type {const} */ ([
  ['nothing', ' ', /found an empty file/],
  ['a ZIP archive', 'PK\u0003\u0004', /found a ZIP archive: unpack it/],
  ['HTML', '<html>', /found HTML/],
  ['a word', 'true', /found "t" at the beginning/],
  ['a comma too many', '[1,,2]', /expected a conversation at byte 3, found ","/],
  ['a comma at the end', '[1,]', /expected a conversation at byte 3, found "\]"/],
  ['two arrays', '[1][2]', /expected the end at byte 3, found "\["/],
  ['no comma', '[{} {}]', /expected "," or "\]" at byte 4, found "\{"/],
  ['the end in a string', '[{"a":"b', /ends in the middle, after 8 bytes/],
  ['the end between two', '[{},', /ends in the middle, after 4 bytes/],
  ['the end of an array missing', '[{}', /ends in the middle/],
])) test(`D6_ ${what}: says what was found`, () => assert.match(refusal(text), message));

test('D6_ what is too large or too deep is left out, and what follows is read', () => {
  const deep = `${'['.repeat(300)}${']'.repeat(300)}`;
  const found = split([encode(`[{"a":"${'x'.repeat(100)}"},1,${deep},{"b":2}]`)], 90);
  assert.deepEqual(found.map((text) => text.slice(0, 11)), ['!too large:', '1', '!too large:', '{"b":2}']);
  assert.deepEqual(split([encode(`[${deep},3]`)]), ['!nested more than 256 levels deep', '3']);
});

test('D6_ bytes that are no UTF-8 become U+FFFD', () => {
  assert.deepEqual(split([Uint8Array.of(0x5b, 0x22, 0xff, 0x61, 0x22, 0x5d)]), ['"\ufffda"']);
});

test('D6_ time is linear in the bytes, however they are cut and whatever is in the strings', () => {
  const million = 1_000_000;
  for (const inside of ['x', '\\\\', '\\"', '[{', '\u{1f30a}']) {
    const text = `["${inside.repeat(Math.ceil(million / inside.length))}"]`;
    const bytes = encode(text);
    const chunks = [];
    for (let at = 0; at < bytes.length; at += 7) chunks.push(bytes.subarray(at, at + 7));
    const begun = performance.now();
    assert.equal(split(chunks)[0]?.length, text.length - 2);
    // A second pass over what came before would take minutes.
    assert.ok(performance.now() - begun < 5000, inside);
  }
});
