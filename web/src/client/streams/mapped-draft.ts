/** The draft of a stream that a function of the page maps. The Worker reads the stream, and says what it brings and how it ends. */
import type { Draft } from '../../api.js';
import type { MillraceError } from '../../errors.js';
import type { Piece } from '../../protocol.js';
import { defined } from '../defined.js';
import type { PageDraft } from '../drafts/draft.js';
import { mappingError } from './ingest-errors.js';

/** What it returns is awaited before the next piece. */
export type Mapping = (piece: never, draft: Draft) => unknown;

export class MappedDraft {
  readonly #draft: PageDraft;
  readonly #map: Mapping;

  constructor(draft: PageDraft, map: Mapping) {
    this.#draft = draft;
    this.#map = map;
  }

  /** Whether more is wanted: not once the function has finished the draft. */
  async take(pieces: readonly Piece[]): Promise<boolean> {
    for (const piece of pieces) {
      try {
        await this.#map(piece as never, this.#draft);
      } catch (error) {
        // A draft that was finished or refused meanwhile is not the function's fault.
        if (!this.#draft.finished) throw this.#draft.failure ?? mappingError(error);
      }
      if (this.#draft.finished) return false;
    }
    return true;
  }

  /** Durable when it resolves. `failure`: what ended the stream before its end. */
  async finish(failure: MillraceError | undefined): Promise<void> {
    if (this.#draft.finished) await this.#draft.flush(); // by the function: maybe not durable yet
    else if (!failure) await this.#draft.finish();
    else await this.#draft.finish(failure.code === 'aborted' ? 'canceled' : 'error', defined({ message: failure.message, details: failure.body }));
  }
}
