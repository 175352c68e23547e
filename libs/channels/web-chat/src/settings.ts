import type { SettingsFault } from '@tributary/channel-sdk';

/** Scheme and host as browsers send them in `Origin`; one star may stand for the labels below a domain. */
const ORIGIN = /^https?:\/\/(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?$/;
const COLOUR = /^#[0-9a-f]{6}$/i;
/** A key as long as the hash's output (RFC 2104, section 3). */
const SHORTEST_SECRET = 32;

export function checkSettings(settings: Readonly<Record<string, unknown>>): readonly SettingsFault[] {
  const { origins, accent, identitySecret, signedOnly } = settings;
  const faults: SettingsFault[] = [];
  const stranger = Array.isArray(origins)
    ? origins.find((each) => typeof each !== 'string' || !ORIGIN.test(each))
    : undefined;
  if (stranger !== undefined) {
    faults.push({
      field: 'origins',
      message: 'a site is scheme and host alone, as https://shop.example.com',
    });
  }
  if (accent && (typeof accent !== 'string' || !COLOUR.test(accent))) {
    faults.push({ field: 'accent', message: 'a colour is # and six digits, as #1f6f5c' });
  }
  if (typeof identitySecret === 'string' && identitySecret.length < SHORTEST_SECRET) {
    faults.push({ field: 'identitySecret', message: `a secret has ${SHORTEST_SECRET} characters or more` });
  }
  if (signedOnly === true && !identitySecret) {
    faults.push({ field: 'signedOnly', message: 'needs the identity secret' });
  }
  return faults;
}
