import { useLayoutEffect, useRef, useState } from 'react';

const NEAR_PX = 80;

/**
 * Keeps the end in sight while the reader is there: through new messages and through frames and pictures that grow.
 * A reader who has scrolled up is left alone and told that there is something below.
 */
export function useFollowedEnd(newest: string) {
  const scroller = useRef<HTMLDivElement>(null);
  const sheet = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const known = useRef(newest);
  const [below, setBelow] = useState(false);

  useLayoutEffect(() => {
    const box = scroller.current;
    const content = sheet.current;
    if (!box || !content) return;
    const toEnd = (): void => {
      box.scrollTop = box.scrollHeight;
    };
    const onScroll = (): void => {
      follows.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
      if (follows.current) setBelow(false);
    };
    const sizes = new ResizeObserver(() => {
      if (follows.current) toEnd();
    });
    toEnd();
    sizes.observe(content);
    sizes.observe(box);
    box.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      sizes.disconnect();
      box.removeEventListener('scroll', onScroll);
    };
  }, []);

  useLayoutEffect(() => {
    if (known.current === newest) return;
    known.current = newest;
    if (!follows.current) setBelow(true);
  }, [newest]);

  const toEnd = (): void => {
    const box = scroller.current;
    if (box) box.scrollTop = box.scrollHeight;
    setBelow(false);
  };
  return { scroller, sheet, below, toEnd };
}
