// A Worker whose files fail as the test says. Imports run in order: this one first.
import './fail-opfs.js';
import '/dist/worker/worker.js';
