import { test } from 'node:test';
import { launchChromium, openPage } from './test/support/chromium.mjs';
import { serve } from './test/support/server.mjs';
const here = (p) => new URL(p, import.meta.url).pathname;
const server = await serve({ dist: here('dist'), specs: here('test/specs'), support: here('test/support') });
const b = await launchChromium();
const { page, troubles } = await openPage(b.context, server.url);
try {
await page.evaluate(async (spec) => { const { runSpec } = await import('/support/page/context.js'); await runSpec('/specs/tmp.js', spec, 0, { name: 'tmp', storage: 'opfs', keepOpen: false }); }, process.argv[2] ?? 'probe');
} catch (e) { console.log(e.message); }
console.log(troubles);
await b.close(); await server.close();
