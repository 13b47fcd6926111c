// @ts-check
/** The specs in WebKitGTK, an engine without OPFS: 'auto' keeps the store in IndexedDB, and all works there. */
import { stage } from './support/stage.mjs';
import { describeInterruptions, describeSpecs, reloaded, testFallBack } from './support/suites.mjs';
import { launchWebKit } from './support/webkit.mjs';
import * as frames from './specs/frames.js';
import * as indexeddb from './specs/indexeddb.js';
import * as specs from './specs/index.js';

const timeout = 60_000;

const CUT = 'WebKitGTK takes a connection that breaks for the end of the body: the reply ends as unknown instead of error';
/** What is otherwise in this browser. @type {Readonly<Record<string, string>>} */
const OTHERWISE = {
  B7_aBusyListenerIsNotFlooded: "the IndexedDB of a Worker goes through its page's thread: while that is busy, commits wait",
  I4_networkErrorsKeepWhatHadArrived: CUT,
  goesOnWithAMessage: CUT,
};

/**
 * WebKitGTK 2.50 traps in sound code now and then: once in some 2,000 stores, in whatever call is made first, never twice in
 * a row, and no other engine does (docs/limits.md). The store tells it as it tells every trap.
 */
const TRAPS_NOW_AND_THEN = /Out of bounds memory access/;

const webkit = stage(launchWebKit);

testFallBack(webkit, 'WebKit', { timeout });

describeSpecs(webkit, { ...specs, frames, indexeddb }, { storages: ['indexeddb'], otherwise: OTHERWISE, again: TRAPS_NOW_AND_THEN, timeout });

describeInterruptions(webkit, { storages: ['indexeddb'], interruptions: { reloaded }, timeout });
