/** Files without a type of their own that are text all the same, by the end of their names. */
const TEXT_ENDINGS = /\.(md|txt|csv|tsv|log|json|jsonl|xml|ya?ml|toml|ini|html?|css|[cm]?[jt]sx?|py|rb|rs|go|java|kt|swift|[ch](pp|c)?|cs|php|sh|sql|tex)$/i;
const TEXT_TYPES = /^(text\/|application\/(json|xml|yaml|toml|sql|javascript|typescript|x-sh)\b)|[+](json|xml)$/;

export function mediaTypeOf({ name, type }: { name: string; type: string }): string {
  if (type !== '') return type;
  return TEXT_ENDINGS.test(name) ? 'text/plain' : 'application/octet-stream';
}

/** What a model reads as words. A vector graphic is text that looks like a picture. */
export const isText = (mediaType: string): boolean => TEXT_TYPES.test(mediaType);

export const isImage = (mediaType: string): boolean => mediaType.startsWith('image/');
