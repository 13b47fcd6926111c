import { useEffect, useState } from 'react';
import { announce, reportError } from './notices.js';

/** So long the button says that it has copied. */
const SHOWN_MS = 2000;

/** `what` begins a sentence: "The code". */
export function useCopy(what: string): { copied: boolean; copy: (text: string) => void } {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = (text: string): void => {
    navigator.clipboard.writeText(text).then(
      () => {
        setCopied(true);
        announce(`${what} was copied.`);
      },
      (error: unknown) => reportError(error, `${what} could not be copied.`),
    );
  };
  return { copied, copy };
}
