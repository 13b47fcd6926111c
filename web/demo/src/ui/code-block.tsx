import { isValidElement, useRef, type ReactNode } from 'react';
import { CheckIcon, CopyIcon } from './icons.js';
import { useCopy } from './use-copy.js';

export function CodeBlock({ children }: { children: ReactNode }) {
  const pre = useRef<HTMLPreElement>(null);
  const { copied, copy } = useCopy('The code');
  const language = languageOf(children);
  return (
    <div className="code">
      {language !== undefined && <span className="code-language">{language}</span>}
      <pre ref={pre} tabIndex={0} aria-label="Code" role="group" dir="ltr">
        {children}
      </pre>
      <button type="button" className="icon-button small code-copy" aria-label="Copy the code" title="Copy the code" onClick={() => copy(pre.current?.textContent ?? '')}>
        {copied ? <CheckIcon /> : <CopyIcon />}
      </button>
    </div>
  );
}

/** As the model named it. */
function languageOf(code: ReactNode): string | undefined {
  if (!isValidElement<{ className?: string }>(code)) return undefined;
  return /language-(\S+)/.exec(code.props.className ?? '')?.[1];
}
