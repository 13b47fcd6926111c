// A Worker of a browser that keeps nothing. Imports run in order: these first.
import './remove-opfs.js';
import './remove-indexeddb.js';
import '/dist/worker/worker.js';
