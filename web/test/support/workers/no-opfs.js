// A Worker of a browser without OPFS. Imports run in order: this one first.
import './remove-opfs.js';
import '/dist/worker/worker.js';
