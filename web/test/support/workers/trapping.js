// A Worker whose core traps, or which ends itself, when the test says so. Imports run in order: this one first.
import './trap.js';
import '/dist/worker/worker.js';
