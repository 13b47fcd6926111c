/** Those who want to hear of changes. One that throws is seen by the page's error handlers, and stops nobody else. */
export class Listeners {
  readonly #all = new Set<() => void>();

  get empty(): boolean { return this.#all.size === 0; }

  /** Returns what removes it. The same function may be added twice. */
  add(onChange: () => void): () => void {
    const listener = (): void => onChange();
    this.#all.add(listener);
    return () => void this.#all.delete(listener);
  }

  /** Who leaves meanwhile hears nothing more. */
  call(): void {
    for (const listener of [...this.#all]) {
      if (!this.#all.has(listener)) continue;
      try {
        listener();
      } catch (error) {
        queueMicrotask(() => { throw error; });
      }
    }
  }
}
