import type { PersonRole } from '@tributary/contracts';
import type { MessageId } from '../i18n/message-ids.js';

const PLACES = [
  { to: '/settings/preferences', label: 'settings.preferences', adminOnly: false },
] as const satisfies { to: string; label: MessageId; adminOnly: boolean }[];

/** The settings pages that a role may open, in order. The API checks the same; this only spares a refusal. */
export const settingsPlaces = (role: PersonRole) =>
  PLACES.filter((place: { adminOnly: boolean }) => !place.adminOnly || role === 'admin');
