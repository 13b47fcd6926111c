import { useRef, type ReactNode } from 'react';
import { CopyIcon } from './icons.js';
import { announce, reportError } from './notices.js';

export function CodeBlock({ children }: { children: ReactNode }) {
  const pre = useRef<HTMLPreElement>(null);
  const copy = (): void => {
    navigator.clipboard.writeText(pre.current?.textContent ?? '').then(
      () => announce('The code was copied.'),
      (error: unknown) => reportError(error, 'The code could not be copied.'),
    );
  };
  return (
    <div className="code">
      <pre ref={pre} tabIndex={0} aria-label="Code" role="group" dir="ltr">
        {children}
      </pre>
      <button type="button" className="icon-button small code-copy" aria-label="Copy the code" onClick={copy}>
        <CopyIcon />
      </button>
    </div>
  );
}
