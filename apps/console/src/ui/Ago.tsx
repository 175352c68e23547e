import { useNow, useTime } from '../i18n/use-time.js';

/** A relative time that stays true, with the exact one on hover. */
export function Ago({ at, className }: { at: string; className?: string | undefined }) {
  const time = useTime();
  const now = useNow('minute');
  return (
    <time dateTime={at} title={time.exact(at)} className={className}>
      {time.ago(at, now)}
    </time>
  );
}
