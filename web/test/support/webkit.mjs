// @ts-check
/** WebKitGTK, through its WebDriver, on a display of its own. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';

/** @import { TestPage } from './stage.mjs' */

/** No program on the PATH: it lies among the libraries of the machine's architecture. */
const BROWSER = readdirSync('/usr/lib').map((folder) => `/usr/lib/${folder}/webkit2gtk-4.1/MiniBrowser`).find(existsSync);
const START_MS = 20_000;

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || !address) throw new Error('no address');
  return address.port;
}

/** @param {string} url @param {'GET' | 'POST' | 'DELETE'} method @param {object} [body] */
async function command(url, method, body) {
  const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
  const { value } = /** @type {{ value: any }} */ (await response.json());
  if (!response.ok) throw new Error(`WebDriver: ${value.error}: ${value.message}`);
  return value;
}

export async function launchWebKit() {
  const port = await freePort();
  const driver = `http://127.0.0.1:${port}`;
  // A group of its own, to be ended with all that it starts.
  const process_ = spawn('xvfb-run', ['-a', 'WebKitWebDriver', `--port=${port}`], { detached: true, stdio: 'ignore' });
  const end = () => {
    try {
      process.kill(-(process_.pid ?? 0), 'SIGTERM');
    } catch {
      // Ended by itself.
    }
  };
  try {
    // The driver does not say when it listens: it is asked, at intervals.
    for (const deadline = Date.now() + START_MS; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
      if (await command(`${driver}/status`, 'GET').catch(() => undefined)) break;
      if (Date.now() > deadline) throw new Error('WebKitWebDriver did not start: install webkit2gtk-driver and xvfb');
    }
    const { sessionId } = await command(`${driver}/session`, 'POST', {
      capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': { binary: BROWSER, args: ['--automation'] } } },
    });
    const session = `${driver}/session/${sessionId}`;
    await command(`${session}/timeouts`, 'POST', { script: 60_000 });
    /** Runs the body of an async function in the page; rejects with what it throws. @param {string} body @param {unknown} argument */
    const run = async (body, argument) => {
      const script = `const done = arguments[arguments.length - 1]; (async (argument) => { ${body} })(arguments[0])
        .then((value) => done({ value }), (error) => done({ error: String(error) + ' ' + (error.code ?? '') + ' ' + error.stack }));`;
      const { value, error } = await command(`${session}/execute/async`, 'POST', { script, args: [argument] });
      if (error !== undefined) throw new Error(error);
      return value;
    };
    return {
      /** The one page there is, gone to the address. Its troubles cannot be seen. @param {string} url */
      async open(url) {
        const goto = () => command(`${session}/url`, 'POST', { url });
        await goto();
        /** @type {TestPage} */
        const page = {
          evaluate: (work, argument) => run(`return (${work})(argument);`, argument),
          reload: goto,
          close: () => Promise.resolve(),
        };
        return { page, troubles: /** @type {string[]} */ ([]) };
      },
      async close() {
        await command(session, 'DELETE').catch(() => undefined);
        end();
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}
