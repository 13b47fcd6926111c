import { useState } from 'react';

/**
 * A picture a model has linked to. Loading it would tell its server that, and what, somebody reads
 * here: an address can carry whatever the model was made to put into it. So a person decides.
 */
export function UntrustedImage({ src, alt }: { src: string; alt: string }) {
  const [wanted, setWanted] = useState(false);
  const url = URL.canParse(src) ? new URL(src) : undefined;
  if (url?.protocol !== 'https:') return <span className="image-note">[picture: {alt === '' ? 'without a description' : alt}]</span>;
  if (wanted) return <img src={url.href} alt={alt} loading="lazy" referrerPolicy="no-referrer" />;
  return (
    <button type="button" className="button image-button" onClick={() => setWanted(true)}>
      Show the picture{alt === '' ? '' : ` “${alt}”`} from {url.host}
    </button>
  );
}
