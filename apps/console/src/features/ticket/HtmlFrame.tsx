import { useEffect, useRef, useState } from 'react';
import classes from './thread.module.css';

/**
 * A mail's own layout. The server has sanitised it and sends its own policy; the sandbox lets nothing in it run. Same
 * origin without scripts harms nobody and lets us measure it, so that it grows to its height.
 */
export function HtmlFrame({ messageId, title }: { messageId: string; title: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const sizes = useRef<ResizeObserver | null>(null);
  const [height, setHeight] = useState(120);

  const measure = (): void => {
    const page = frame.current?.contentDocument?.documentElement;
    if (!page) return;
    sizes.current?.disconnect();
    const fit = (): void => setHeight(Math.ceil(page.getBoundingClientRect().height) || page.scrollHeight);
    sizes.current = new ResizeObserver(fit);
    sizes.current.observe(page);
    fit();
  };
  useEffect(() => () => sizes.current?.disconnect(), []);

  return (
    <iframe
      ref={frame}
      className={classes['frame']}
      title={title}
      src={`/api/messages/${messageId}/html`}
      sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      referrerPolicy="no-referrer"
      style={{ height }}
      onLoad={measure}
    />
  );
}
