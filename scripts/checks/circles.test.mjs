import assert from 'node:assert/strict';
import { test } from 'node:test';
import { circles } from './circles.mjs';

const find = (files) => circles(new Map(Object.entries(files)));

test('a circle of two, of types alone, is found', () => {
  assert.deepEqual(find({
    'web/src/a.ts': "import type { B } from './b.js';\n",
    'web/src/b.ts': "import type {\n  A,\n} from './a.js';\n",
  }), [['web/src/a.ts', 'web/src/b.ts', 'web/src/a.ts']]);
});

test('a circle over folders and a re-export is found, and where it begins', () => {
  assert.deepEqual(find({
    'web/src/start.ts': "import { x } from './client/x.js';\n",
    'web/src/client/x.ts': "export { y } from '../y.js';\n",
    'web/src/y.ts': "import { z } from './worker/z.js';\n",
    'web/src/worker/z.ts': "import { x } from '../client/x.js';\n",
  }), [['web/src/client/x.ts', 'web/src/y.ts', 'web/src/worker/z.ts', 'web/src/client/x.ts']]);
});

test('ways that meet are no circle, nor is a name in a comment', () => {
  assert.deepEqual(find({
    'web/src/a.ts': "import { b } from './b.js';\nimport { c } from './c.js';\n",
    'web/src/b.ts': "import { d } from './d.js';\n",
    'web/src/c.ts': "import { d } from './d.js';\n",
    'web/src/d.ts': "// what is taken from './a.js'\nexport const d = 1;\n",
  }), []);
});
