// A Worker whose IndexedDB fails as the test says. Imports run in order: this one first.
import './fail-indexeddb.js';
import '/dist/worker/worker.js';
