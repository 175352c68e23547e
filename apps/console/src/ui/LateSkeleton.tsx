import classes from './ui.module.css';

/** Placeholder lines that stay invisible for 150 ms: what is fast never flickers. */
export function LateSkeleton({ rows = 6, label }: { rows?: number; label: string }) {
  return (
    <div className="appear-late" role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={classes['skeletonRow']} aria-hidden>
          <div className={classes['bar']} style={{ width: `${45 + ((index * 17) % 40)}%` }} />
          <div className={classes['bar']} style={{ width: `${65 + ((index * 23) % 30)}%` }} />
        </div>
      ))}
    </div>
  );
}
