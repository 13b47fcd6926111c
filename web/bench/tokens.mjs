import { chunk } from '../test/support/provider.mjs';

/** An endpoint that says `rate` tokens a second for so many seconds. */
export function tokens(rate, seconds) {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    const start = performance.now();
    let sent = 0;
    const timer = setInterval(() => {
      for (; sent < (performance.now() - start) * rate / 1000; sent += 1) response.write(chunk({ content: 'word ' }));
      if (sent < rate * seconds) return;
      clearInterval(timer);
      response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
    }, 5);
    response.on('close', () => clearInterval(timer));
  };
}
