// Chromium over nothing but its own protocol. Test tools switch the Network domain on, and that alone costs the page's thread
// more than what is to be measured here.
import { spawn } from 'node:child_process';
import { findProgram } from '../test/support/find-program.mjs';
import { makeProfile, removeProfile } from '../test/support/profile.mjs';

/** No answer of a browser takes longer. */
const ANSWER_MS = 60_000;

/** A browser with one page at `url`. */
export async function launchBare(url) {
  const profile = makeProfile();
  const program = findProgram('Chromium', 'MILLRACE_CHROMIUM', ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']);
  const browser = spawn(program, [
    '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', `--user-data-dir=${profile}`, '--remote-debugging-pipe', 'about:blank',
  ], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => browser.once('exit', resolve));
  const send = startTalking(browser);

  const { targetId } = await send('Target.createTarget', { url });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  const toPage = (method, params) => send(method, params, sessionId);
  await toPage('Performance.enable', { timeDomain: 'timeTicks' });
  const evaluate = async (work, argument) => {
    const { result, exceptionDetails } = await toPage('Runtime.evaluate', {
      expression: `(${work})(${JSON.stringify(argument)})`, awaitPromise: true, returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  // Until then it is another document.
  while (!await evaluate((wanted) => location.href === wanted && document.readyState === 'complete', url));

  return {
    /** Calls a function in the page; its result crosses as JSON. */
    evaluate,
    /** Seconds that the page's thread was in tasks so far. */
    async taskSeconds() {
      const { metrics } = await toPage('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'TaskDuration').value;
    },
    async close() {
      await send('Browser.close').catch(() => browser.kill());
      await ended;
      removeProfile(profile);
    },
  };
}

/** Messages are JSON, each ended by a zero byte. */
function startTalking(browser) {
  const [, , , toBrowser, fromBrowser] = browser.stdio;
  const waiting = new Map();
  let received = '';
  fromBrowser.setEncoding('utf8');
  fromBrowser.on('data', (text) => {
    const messages = (received + text).split('\0');
    received = messages.pop();
    for (const { id, result, error } of messages.map((message) => JSON.parse(message))) {
      waiting.get(id)?.(error ? Promise.reject(new Error(error.message)) : result);
      waiting.delete(id);
    }
  });
  let last = 0;
  return (method, params = {}, sessionId = undefined) => new Promise((resolve, reject) => {
    const id = ++last;
    const timer = setTimeout(() => reject(new Error(`${method} was not answered`)), ANSWER_MS);
    waiting.set(id, (answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
    toBrowser.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
  });
}
