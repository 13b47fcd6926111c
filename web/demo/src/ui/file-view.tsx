import type { FilePart } from 'millrace';
import { memo, useState } from 'react';
import { fileName } from '../agent/attachments.js';
import { isImage } from '../agent/media-types.js';
import { bytes } from './figures-table.js';
import { FileIcon } from './icons.js';
import { useObjectUrl } from './use-object-url.js';
import { useSeen } from './use-seen.js';
import { useStoredFile } from './use-stored-file.js';

/** A file of a message: an image to be looked at, anything else to be saved. It is read when it comes into view. */
export const FileView = memo(function FileView({ part }: { part: FilePart }) {
  const [seen, setSeen] = useState(false);
  const [broken, setBroken] = useState(false);
  const place = useSeen<HTMLDivElement>(() => setSeen(true), part.blob);
  const blob = useStoredFile(part, seen);
  const url = useObjectUrl(blob ?? undefined);
  const name = fileName(part);
  const image = isImage(part.mediaType) && !broken;
  return (
    <div ref={place} className={image && blob !== null ? 'file-image' : 'file'} data-file={name}>
      {image && blob !== null ? url !== undefined && <img src={url} alt={name} onError={() => setBroken(true)} /> : (
        <>
          <FileIcon />
          <span className="file-name">{url === undefined ? name : <a href={url} download={name}>{name}</a>}</span>
          <span className="file-about">{blob === null ? 'no longer here' : about(part)}</span>
        </>
      )}
    </div>
  );
});

export function about({ mediaType, size }: Pick<FilePart, 'mediaType' | 'size'>): string {
  return size === undefined ? mediaType : `${mediaType}, ${bytes(size)}`;
}
