// What a process of the browser holds and how long its threads have run, from /proc: Linux only.
import { readFileSync, readdirSync } from 'node:fs';

/** The Worker's thread, in the process that is the page's too. */
export function workerOf(browser) {
  const ofOurs = (pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(browser.profile);
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const thread = ofOurs(pid) && readdirSync(`/proc/${pid}/task`).find((id) => readFileSync(`/proc/${pid}/task/${id}/comm`, 'utf8').startsWith('DedicatedWorker'));
      if (thread) return { pid, thread };
    } catch {
      // ended meanwhile
    }
  }
  throw new Error('no Worker');
}

/** Seconds that a thread has run. */
export const ranFor = ({ pid, thread }) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e9;
/** Kilobytes that the process holds, without files. */
export const heldBy = (pid) => Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
