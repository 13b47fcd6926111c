import type { SyncFile } from '../../core-module.js';

/** Where the content of blobs lies. What is kept is whole, under its own hash. */
export interface BlobFiles {
  /** A place for content that comes piece by piece. */
  create(): Promise<BlobSink>;
  scratch(): ScratchFile | Promise<ScratchFile>;
  /** Backed by the disk where the browser can; undefined if there is none. */
  get(id: string): Promise<Blob | undefined>;
  /** Nothing to delete is no error. */
  delete(id: string): Promise<void>;
  /** Up to a thousand names of what was written before that time: blobs, and what a crash left half-written. */
  namesBefore(time: number): Promise<string[]>;
}

/** A file for an export, which the core writes. */
export interface ScratchFile extends SyncFile {
  /** What was written. Backed by the disk where the browser can: then it can be read for an hour. No other call may follow. */
  toBlob(type: string): Blob | Promise<Blob>;
  /** What was written goes. Never rejects. */
  drop(): void | Promise<void>;
}

export interface BlobSink {
  write(bytes: Uint8Array): void | Promise<void>;
  /** Durable under that name when it resolves. `known`: to the database, so such content is there already, and this one is dropped. */
  keep(id: string, known: boolean): Promise<void>;
  /** What was written goes. Never rejects. */
  drop(): Promise<void>;
}

/** In a crowd of leftovers the next collection takes the rest. */
export const MOST_NAMES = 1000;
