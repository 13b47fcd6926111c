import { MillraceError } from 'millrace';
import { describeError } from './notices.js';

interface Advice { title: string; text: string }

/** What a person can do about a store that does not open. It is never replaced by another store. */
function adviceFor(error: unknown): Advice {
  const code = error instanceof MillraceError ? error.code : undefined;
  switch (code) {
    case 'timeout':
      return {
        title: 'Another tab does not answer',
        text: 'Your conversations are open in another tab of this browser, and that tab does not answer. Close it, then try again here. What is stored is safe.',
      };
    case 'newer-schema':
      return {
        title: 'There is a newer version of this page',
        text: 'It has opened your conversations already. Reload this page to get it, too. What is stored is safe.',
      };
    case 'storage-unavailable':
      return {
        title: 'No storage in this window',
        text: 'This browser window offers no private file system, as is usual in private windows. Nothing would be there after a reload, so the demo does not start. Please open it in an ordinary window.',
      };
    case 'quota-exceeded':
      return {
        title: 'The storage is full',
        text: 'The browser gives this page no more room. Free some space on the disk; what is stored is safe.',
      };
    default:
      return { title: 'The store did not open', text: 'What is stored was not changed.' };
  }
}

export function OpeningFailed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { title, text } = adviceFor(error);
  return (
    <main className="splash">
      <div className="splash-card" role="alert">
        <h1>{title}</h1>
        <p>{text}</p>
        <p className="splash-detail">{describeError(error)}</p>
        <button type="button" className="button primary" onClick={onRetry} autoFocus>
          Try again
        </button>
      </div>
    </main>
  );
}
