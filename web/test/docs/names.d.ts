// What an example of the documentation may use without saying where it comes from.
import type { Session, Store } from 'millrace';

declare global {
  const store: Store;
  const other: Store;
  const session: Session;
  const sessionId: string;
  const file: Blob;
  const stopButton: AbortController;
  function callTool(name: string, input: string): Promise<string>;
}
