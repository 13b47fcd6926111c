// A Worker whose core traps when the test says so, and whose end other tabs notice by a lock. Both go by its name, #name.
import './trap.js';
import '/dist/worker/worker.js';

void navigator.locks.request(`alive${self.location.hash}`, () => new Promise(() => {}));
