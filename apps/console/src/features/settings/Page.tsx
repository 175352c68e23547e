import type { ReactNode } from 'react';
import classes from './settings.module.css';

/** A settings page: its name, one sentence on what it is for, and at most one main action. */
export function Page(props: { title: string; purpose: string; action?: ReactNode; children: ReactNode }) {
  const { title, purpose, action, children } = props;
  return (
    <div className={classes['sheet']}>
      <header className={classes['head']}>
        <div>
          <h1>{title}</h1>
          <p>{purpose}</p>
        </div>
        {action}
      </header>
      {children}
    </div>
  );
}
