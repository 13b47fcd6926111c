import type { SearchHit } from 'millrace';
import { useSearch } from 'millrace/react';
import { useDeferredValue, useId, useState } from 'react';
import { reportError } from './notices.js';
import { useModal } from './use-modal.js';

interface SearchDialogProps {
  open: boolean;
  onClose: () => void;
  onFound: (hit: SearchHit) => void;
}

/** Looks through what was said in all conversations. */
export function SearchDialog({ open, onClose, onFound }: SearchDialogProps) {
  const modal = useModal(open, onClose);
  const id = useId();
  return (
    <dialog {...modal} className="dialog search" aria-labelledby={id}>
      <h2 id={id}>Search all messages</h2>
      {open && <SearchForm onFound={onFound} />}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>Close</button>
      </div>
    </dialog>
  );
}

function SearchForm({ onFound }: { onFound: (hit: SearchHit) => void }) {
  const [query, setQuery] = useState('');
  return (
    <>
      <input
        className="search-field" type="search" aria-label="Words to look for" placeholder="Words to look for" autoFocus
        value={query} onChange={(event) => setQuery(event.target.value)}
      />
      {query.trim() !== '' && <Hits query={usable(query)} onFound={onFound} />}
    </>
  );
}

/** Typing is a word's beginning; a blank at the end would make it whole. */
const usable = (query: string): string => query.trimEnd();

function Hits({ query, onFound }: { query: string; onFound: (hit: SearchHit) => void }) {
  const { status, hits, hasMore, loadMore, error } = useSearch(useDeferredValue(query));
  if (status === 'error' && error !== undefined) return <p role="alert">{error.message}</p>;
  if (status === 'ready' && hits.length === 0) return <p className="hint" role="status">Nothing found.</p>;
  return (
    <>
      <ul className="hits" aria-label="Found">
        {hits.map((hit) => (
          <li key={hit.messageId}>
            <button type="button" className="hit" dir="auto" onClick={() => onFound(hit)}>
              <Marked hit={hit} />
            </button>
          </li>
        ))}
      </ul>
      {hasMore && <button type="button" className="button quiet wide" onClick={() => void loadMore().catch(reportError)}>Older ones</button>}
    </>
  );
}

/** The snippet with the words of the query marked. */
function Marked({ hit: { snippet, matches } }: { hit: SearchHit }) {
  let end = 0;
  const pieces = matches.flatMap(({ offset, length }) => {
    const before = snippet.slice(end, offset);
    end = offset + length;
    return [before, <mark key={offset}>{snippet.slice(offset, end)}</mark>];
  });
  return <span>{pieces}{snippet.slice(end)}</span>;
}
