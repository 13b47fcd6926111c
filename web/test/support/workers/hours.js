// The clock of this Worker: it begins so many hours late as its address says (?hours=7), and hours pass when the page says so
// (`passHours` in page/hours.js). Three things go by it: the time of day, when files of this life were written, and when blobs are
// collected, which happens at no other time.
const HOUR = 3_600_000;
/** As src/worker/blobs/blobs.ts has them: to the first collection, and from the end of one to the next. */
const FIRST_MS = 5_000;
const NEXT_MS = 600_000;

const today = Date.now.bind(Date);
/** When the clock was moved, and by how much. */
const moves = [{ at: today(), ms: Number(new URL(self.location.href).searchParams.get('hours')) * HOUR }];
/** A time before this life stays what it was: it is hours ago. */
const moved = (time) => moves.reduce((sum, { at, ms }) => (at <= time ? sum + ms : sum), time);
Date.now = () => moved(today());

const { get } = Object.getOwnPropertyDescriptor(File.prototype, 'lastModified');
Object.defineProperty(File.prototype, 'lastModified', { get() { return moved(get.call(this)); } });

/** Those of collections, by their ids, which no timer of the browser has. */
const timers = new Map();
let lastTimer = 0;
/** Who waits for the end of a collection. */
let waiting = 0;
const { setTimeout: set, clearTimeout: clear } = self;
self.setTimeout = (callback, ms = 0, ...rest) => {
  if (ms !== FIRST_MS && ms !== NEXT_MS) return set(callback, ms, ...rest);
  timers.set(--lastTimer, { callback, due: Date.now() + ms });
  if (ms === NEXT_MS) for (; waiting > 0; waiting--) channel.postMessage('through');
  return lastTimer;
};
self.clearTimeout = (timer) => void (timers.delete(timer) || clear(timer));

const channel = new BroadcastChannel('worker-hours');
channel.onmessage = ({ data }) => {
  // Another Worker answers.
  if (typeof data !== 'number') return;
  moves.push({ at: today(), ms: data * HOUR });
  waiting++;
  channel.postMessage('passed');
  for (const [timer, { callback, due }] of [...timers]) {
    if (due <= Date.now() && timers.delete(timer)) callback();
  }
};
