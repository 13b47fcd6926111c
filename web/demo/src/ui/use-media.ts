import { useCallback, useSyncExternalStore } from 'react';

/** From here on the sessions stand beside the conversation; below it they are a drawer. Also in shell.css. */
export const WIDE = '(min-width: 52rem)';
/** From here on there is room for the panel as a third column. Also in shell.css. */
export const VERY_WIDE = '(min-width: 74rem)';

export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (onChange: () => void) => {
      const list = matchMedia(query);
      list.addEventListener('change', onChange);
      return () => list.removeEventListener('change', onChange);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}
