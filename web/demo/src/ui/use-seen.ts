import { useEffect, useRef, type RefObject } from 'react';

/**
 * Calls back when the element comes into view, so that what is behind it is loaded before it is asked for. `loaded` tells how much
 * there is: if it grew and the element is still in view, it calls again.
 */
export function useSeen<T extends Element>(onSeen: () => void, loaded: unknown): RefObject<T | null> {
  const element = useRef<T>(null);
  const latest = useRef(onSeen);
  useEffect(() => {
    latest.current = onSeen;
  });
  useEffect(() => {
    if (element.current === null) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) latest.current();
    }, { rootMargin: '200px' });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [loaded]);
  return element;
}
