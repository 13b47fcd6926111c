/** The options of `toProviderMessages`, and what the providers' files get of them. */
import type { FilePart, Message } from '../types.js';
import type { UrlOfFile } from './media.js';

export interface ProviderMessagesOptions {
  /**
   * How files become content: the URL of each, `https:` or `data:`, by the id of its blob or from a function. Without one, the
   * file's own `url` is sent, and else a note in its place.
   */
  blobs?: ReadonlyMap<string, string> | ((file: FilePart) => string | undefined);
  /**
   * Whether what a provider signed or encrypted in this message (its reasoning, mostly) goes back. Default: all of it does.
   * A provider refuses the signatures of another one: after a change of provider, tell them apart by `message.provider`.
   */
  signed?: (message: Message) => boolean;
  /**
   * 'openai-chat' only: the field in which the text of reasoning goes back, as 'reasoning_content' for DeepSeek and Kimi.
   * Default: none, as OpenAI and others refuse fields that they do not know.
   */
  reasoning?: string;
}

export interface Settings {
  readonly urlOf: UrlOfFile;
  readonly signed: (message: Message) => boolean;
  readonly reasoning: string | undefined;
}
