import { Link, Outlet } from '@tanstack/react-router';
import { useSession } from '../../api/session.js';
import { settingsPlaces } from '../../app/settings-places.js';
import { useTranslate } from '../../i18n/use-translate.js';
import classes from './settings.module.css';

/** The settings: their list at the left, one page at the right. */
export function SettingsPage() {
  const t = useTranslate();
  const { person } = useSession();
  return (
    <div className={classes['settings']}>
      <nav className={classes['nav']} aria-label={t('settings.label')}>
        <h2>{t('settings.label')}</h2>
        <ul>
          {settingsPlaces(person.role).map(({ to, label }) => (
            <li key={to}>
              <Link to={to} className={classes['place']} activeProps={{ 'data-active': true }}>
                {t(label)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className={`${classes['page']} scroll`}>
        <Outlet />
      </div>
    </div>
  );
}
