// A long reply in each format: the text of a model, delta by delta, between the events that begin and end it.

const DELTAS = 20_000;
const WORDS = ['Grüße', 'the', 'river', 'turns', 'a', 'wheel', 'and', '\\"so\\"', 'on', '😀'];
const delta = (n) => `${WORDS[n % WORDS.length]} ${WORDS[(n * 7) % WORDS.length]} `;

const sse = (json, name) => `${name ? `event: ${name}\n` : ''}data: ${json}\n\n`;
const named = (json) => sse(json, /"type":"([^"]+)"/.exec(json)[1]);
const between = (first, each, last) => [...first, ...Array.from({ length: DELTAS }, (_, n) => each(delta(n), n)), ...last].join('');

/** Format -> its bytes, and how many events they are. */
export function streams() {
  const texts = {
    'openai-chat': between([], (text) => sse(`{"id":"chatcmpl-Bx1","object":"chat.completion.chunk","created":1764500000,"model":"m-1","service_tier":"default","system_fingerprint":"fp_1","choices":[{"index":0,"delta":{"content":"${text}"},"logprobs":null,"finish_reason":null}]}`), [
      sse('{"id":"chatcmpl-Bx1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}'), 'data: [DONE]\n\n']),
    'openai-responses': between([
      named('{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","status":"in_progress"}}'),
      named('{"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"msg_1","type":"message","role":"assistant","content":[]}}'),
    ], (text, n) => named(`{"type":"response.output_text.delta","sequence_number":${n + 2},"item_id":"msg_1","output_index":0,"content_index":0,"delta":"${text}","logprobs":[]}`), [
      named('{"type":"response.completed","sequence_number":99999,"response":{"id":"resp_1","status":"completed","usage":{"input_tokens":5,"output_tokens":7}}}')]),
    anthropic: between([
      named('{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"stop_reason":null,"usage":{"input_tokens":25,"output_tokens":1}}}'),
      named('{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}'),
    ], (text) => named(`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${text}"}}`), [
      named('{"type":"content_block_stop","index":0}'), named('{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":89}}'),
      named('{"type":"message_stop"}')]),
    'ai-sdk': between([sse('{"type":"start","messageId":"m"}'), sse('{"type":"text-start","id":"t"}')], (text) => sse(`{"type":"text-delta","id":"t","delta":"${text}"}`), [
      sse('{"type":"text-end","id":"t"}'), sse('{"type":"finish","finishReason":"stop"}'), 'data: [DONE]\n\n']),
    'ag-ui': between([sse('{"type":"RUN_STARTED","threadId":"t","runId":"r"}'), sse('{"type":"TEXT_MESSAGE_START","messageId":"m","role":"assistant"}')],
      (text) => sse(`{"type":"TEXT_MESSAGE_CONTENT","messageId":"m","delta":"${text}"}`), [
        sse('{"type":"TEXT_MESSAGE_END","messageId":"m"}'), sse('{"type":"RUN_FINISHED","threadId":"t","runId":"r"}')]),
    ndjson: between([], (text) => `{"model":"m","created_at":"2026-11-30T10:00:00.1Z","message":{"role":"assistant","content":"${text}"},"done":false}\n`, [
      '{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}\n']),
  };
  const length = Array.from({ length: DELTAS }, (_, n) => JSON.parse(`"${delta(n)}"`).length).reduce((sum, each) => sum + each, 0);
  return { deltas: DELTAS, length, bytes: Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, new TextEncoder().encode(text)])) };
}
