import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import type { TicketView } from '@tributary/contracts';
import {
  IconArchive,
  IconHourglass,
  IconInbox,
  IconStack2,
  IconUser,
  IconUsers,
  type Icon,
} from '@tabler/icons-react';
import { useLingui } from '@lingui/react';
import { useSession } from '../../api/session.js';
import { countsQuery } from '../../api/tickets.js';
import { settingsPlaces } from '../../app/settings-places.js';
import { useTranslate } from '../../i18n/use-translate.js';
import classes from './views.module.css';

const VIEWS: readonly { readonly view: TicketView; readonly icon: Icon }[] = [
  { view: 'mine', icon: IconUser },
  { view: 'queue', icon: IconInbox },
  { view: 'team', icon: IconUsers },
  { view: 'waiting', icon: IconHourglass },
  { view: 'solved', icon: IconArchive },
  { view: 'all', icon: IconStack2 },
];

/** The views and queues with their numbers. In the drawer of a small screen it is also the way to the settings. */
export function Views() {
  const t = useTranslate();
  return (
    <nav className={classes['views']} aria-label={t('views.label')}>
      <ViewLinks />
      <QueueLinks />
      <div className={classes['settings']}>
        <SettingsLinks />
      </div>
    </nav>
  );
}

function ViewLinks() {
  const t = useTranslate();
  const { data: counts } = useQuery(countsQuery);
  const { view } = useParams({ strict: false });
  const { queue } = useSearch({ strict: false });
  return (
    <ul>
      {VIEWS.map(({ view: each, icon: Sign }) => {
        const active = view === each && !queue;
        return (
          <li key={each}>
            <Link
              to="/tickets/$view"
              params={{ view: each }}
              className={classes['view']}
              data-active={active || undefined}
              aria-current={active ? 'page' : undefined}
            >
              <Sign size={16} stroke={1.7} aria-hidden />
              <span className={classes['name']}>{t(`view.${each}`)}</span>
              {each !== 'all' && <Count value={counts?.views[each]} />}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

function QueueLinks() {
  const t = useTranslate();
  const { data: counts } = useQuery(countsQuery);
  const { queue } = useSearch({ strict: false });
  if (!counts || counts.queues.length === 0) return null;
  return (
    <>
      <h2 className={classes['head']}>{t('views.queues')}</h2>
      <ul>
        {counts.queues.map(({ id, name, waiting }) => (
          <li key={id}>
            <Link
              to="/tickets/$view"
              params={{ view: 'queue' }}
              search={{ queue: id }}
              className={classes['view']}
              data-active={queue === id || undefined}
              aria-current={queue === id ? 'page' : undefined}
            >
              <span className={classes['name']}>{name}</span>
              <Count value={waiting} />
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}

function SettingsLinks() {
  const t = useTranslate();
  const { person } = useSession();
  return (
    <>
      <h2 className={classes['head']}>{t('frame.settings')}</h2>
      <ul>
        {settingsPlaces(person.role).map(({ to, label }) => (
          <li key={to}>
            <Link to={to} className={classes['view']} activeProps={{ 'data-active': true }}>
              <span className={classes['name']}>{t(label)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}

function Count({ value }: { value: number | undefined }) {
  const t = useTranslate();
  const { i18n } = useLingui();
  if (!value) return null;
  return (
    <span className={classes['count']}>
      {i18n.number(value)}
      <span className="sr-only"> {t('views.tickets')}</span>
    </span>
  );
}
