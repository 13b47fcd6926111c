import { useEffect, useRef } from 'react';

/** The last value of the same thing while there is none, so that a store that is opened again does not blank the page. */
export function useKept<T>(value: T | undefined, key: string): T | undefined {
  const kept = useRef<{ key: string; value: T | undefined }>({ key, value });
  useEffect(() => {
    if (value !== undefined || kept.current.key !== key) kept.current = { key, value };
  }, [value, key]);
  return value ?? (kept.current.key === key ? kept.current.value : undefined);
}
