Object.defineProperty(globalThis, 'indexedDB', { value: undefined });
