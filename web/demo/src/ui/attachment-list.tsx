import { mediaTypeOf, isImage } from '../agent/media-types.js';
import { about } from './file-view.js';
import { CloseIcon, FileIcon } from './icons.js';
import type { Attachment } from './use-attachments.js';
import { useObjectUrl } from './use-object-url.js';

interface AttachmentListProps { attachments: readonly Attachment[]; onRemove: (key: string) => void }

/** What will go with the next message. */
export function AttachmentList({ attachments, onRemove }: AttachmentListProps) {
  if (attachments.length === 0) return null;
  return (
    <ul className="attachments" aria-label="Attachments">
      {attachments.map(({ key, file, part }) => (
        <li key={key} className="file" aria-busy={part === undefined}>
          {isImage(mediaTypeOf(file)) ? <Thumbnail file={file} /> : <FileIcon />}
          <span className="file-name">{file.name}</span>
          <span className="file-about">{part === undefined ? 'being saved' : about(part)}</span>
          <button type="button" className="icon-button small" aria-label={`Remove ${file.name}`} title="Remove" onClick={() => onRemove(key)}>
            <CloseIcon />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Its name stands beside it. */
function Thumbnail({ file }: { file: File }) {
  const url = useObjectUrl(file);
  return url === undefined ? <FileIcon /> : <img className="thumbnail" src={url} alt="" />;
}
