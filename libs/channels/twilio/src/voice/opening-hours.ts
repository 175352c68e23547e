/** Hours in which agents take calls; an interval ends where the next day begins at the latest. */
export interface OpeningHours {
  /** IANA. */
  readonly timeZone: string;
  /** Minutes of the day, from the first up to the second. */
  readonly open: Readonly<Record<Weekday, readonly (readonly [number, number])[]>>;
}

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

const INTERVAL = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/;

export function isOpenAt({ timeZone, open }: OpeningHours, at: Date): boolean {
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  }).formatToParts(at);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  const day = part('weekday').toLowerCase() as Weekday;
  const minute = Number(part('hour')) * 60 + Number(part('minute'));
  return open[day].some(([from, to]) => minute >= from && minute < to);
}

/** @param faults what is wrong is added here. */
export function readHours(given: unknown, faults: string[]): OpeningHours {
  const { timeZone, open, ...rest } = (typeof given === 'object' && given !== null ? given : {}) as Record<
    string,
    unknown
  >;
  for (const name of Object.keys(rest)) faults.push(`hours.${name.slice(0, 50)}: there is timeZone, open.`);
  if (typeof timeZone !== 'string' || !isTimeZone(timeZone)) {
    faults.push('hours.timeZone: a name such as Asia/Shanghai.');
  }
  const days = (typeof open === 'object' && open !== null ? open : {}) as Record<string, unknown>;
  for (const name of Object.keys(days)) {
    if (!WEEKDAYS.some((day) => day === name))
      faults.push(`hours.open.${name.slice(0, 20)}: there is ${WEEKDAYS.join(', ')}.`);
  }
  const intervals = WEEKDAYS.map(
    (day) => [day, intervalsIn(days[day], `hours.open.${day}`, faults)] as const,
  );
  return {
    timeZone: String(timeZone),
    open: Object.fromEntries(intervals) as unknown as OpeningHours['open'],
  };
}

function intervalsIn(given: unknown, where: string, faults: string[]): (readonly [number, number])[] {
  if (given === undefined) return [];
  const listed: readonly unknown[] = Array.isArray(given) ? given.slice(0, 10) : [undefined];
  return listed.map((each) => {
    const [, fromHour, fromMinute, toHour, toMinute] =
      INTERVAL.exec(typeof each === 'string' ? each : '') ?? [];
    const from = Number(fromHour) * 60 + Number(fromMinute);
    const to = Number(toHour) * 60 + Number(toMinute);
    if (!(from < to && to <= 1440)) faults.push(`${where}: intervals such as "09:00-18:00".`);
    return [from, to];
  });
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
