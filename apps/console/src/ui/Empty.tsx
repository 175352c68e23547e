import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './ui.module.css';

/** An empty place that teaches the next step. */
export function Empty(props: { icon: Icon; title: string; children?: ReactNode; action?: ReactNode }) {
  const { icon: Sign, title, children, action } = props;
  return (
    <div className={classes['empty']}>
      <Sign size={36} stroke={1.3} aria-hidden />
      <p className={classes['emptyTitle']}>{title}</p>
      {children && <div>{children}</div>}
      {action && <div className={classes['emptyAction']}>{action}</div>}
    </div>
  );
}
