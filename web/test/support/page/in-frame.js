// Gives a frame the package, by a script of its own: a policy that forbids `eval` keeps its parent from importing it there.
import * as millrace from '../../../dist/index.js';

Object.assign(globalThis, { millrace });
