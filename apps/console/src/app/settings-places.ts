import type { PersonRole } from '@tributary/contracts';
import type { MessageId } from '../i18n/message-ids.js';

const PLACES = [
  { to: '/settings/preferences', label: 'settings.preferences', adminOnly: false },
  { to: '/settings/people', label: 'settings.people', adminOnly: true },
  { to: '/settings/skills', label: 'settings.skills', adminOnly: true },
  { to: '/settings/queues', label: 'settings.queues', adminOnly: true },
  { to: '/settings/inboxes', label: 'settings.inboxes', adminOnly: true },
  { to: '/settings/routing', label: 'settings.routing', adminOnly: true },
] as const satisfies { to: string; label: MessageId; adminOnly: boolean }[];

/** The settings pages that a role may open, in order. The API checks the same; this only spares a refusal. */
export const settingsPlaces = (role: PersonRole) =>
  PLACES.filter(({ adminOnly }) => !adminOnly || role === 'admin');
