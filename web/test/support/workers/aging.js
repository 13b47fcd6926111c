// A Worker in which hours pass, and whose core traps, when the test says so. Imports run in order: these first.
import './hours.js';
import './trap.js';
import '/dist/worker/worker.js';
