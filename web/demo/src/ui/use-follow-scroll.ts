import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefCallback } from 'react';

/** Nearer to the end than this counts as being there, in CSS pixels. */
const NEAR_END = 48;

const isAtEnd = ({ scrollHeight, scrollTop, clientHeight }: HTMLElement): boolean => scrollHeight - scrollTop - clientHeight < NEAR_END;

interface FollowScroll {
  /** For the element that scrolls, and the one in it that grows. They may come and go. */
  scroller: RefCallback<HTMLElement>;
  content: RefCallback<HTMLElement>;
  /** Whether the view stays at the end as the content grows. */
  following: boolean;
  follow: () => void;
  /** Leaves the view where it is when the content changes next. Bound. */
  hold: () => void;
}

/**
 * Keeps the newest text in view until a person scrolls up, and again once they are back at the end or
 * a `turn` begins. Scrolling up is told from growing content by its direction: content never moves the
 * view up; only a frame that changes its size may, and that is told by its size.
 */
export function useFollowScroll(growth: unknown, turn: unknown): FollowScroll {
  const [element, scroller] = useState<HTMLElement | null>(null);
  const [grown, content] = useState<HTMLElement | null>(null);
  const followingNow = useRef(true);
  const [following, setFollowing] = useState(true);

  const set = useCallback((value: boolean) => {
    followingNow.current = value;
    setFollowing(value);
  }, []);
  const toEnd = useCallback(() => {
    if (element !== null && followingNow.current) element.scrollTop = element.scrollHeight;
  }, [element]);
  const hold = useCallback(() => set(false), [set]);
  const follow = useCallback(() => {
    set(true);
    toEnd();
    // The button that was pressed goes away; the keyboard stays with what it showed.
    element?.focus({ preventScroll: true });
  }, [element, set, toEnd]);

  useEffect(() => {
    if (element === null || grown === null) return;
    const place = () => ({ top: element.scrollTop, width: element.clientWidth, height: element.clientHeight });
    let last = place();
    const onScroll = (): void => {
      const now = place();
      const resized = now.width !== last.width || now.height !== last.height;
      if (isAtEnd(element)) set(true);
      else if (now.top < last.top && !resized) set(false);
      last = now;
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    const observer = new ResizeObserver(toEnd);
    observer.observe(element);
    observer.observe(grown);
    return () => {
      element.removeEventListener('scroll', onScroll);
      observer.disconnect();
    };
  }, [element, grown, set, toEnd]);

  useLayoutEffect(() => {
    if (turn !== undefined) set(true);
  }, [turn, set]);
  useLayoutEffect(() => {
    // What takes the place of a longer text may end in view.
    if (element !== null && isAtEnd(element)) set(true);
    toEnd();
  }, [growth, element, set, toEnd]);
  return { scroller, content, following, follow, hold };
}
