import type { CalendarDefinition, Holiday, WorkingDay } from '../calendar-definition.js';

const HOURS = [{ from: '09:00', to: '18:00' }];

/**
 * 09:00 to 18:00, Monday to Friday, in mainland China, with the public holidays and make-up working days (调休) of
 * 2026 as the data of the npm package chinese-days 1.5.7 has them. The next year's are announced each November: then
 * extend the lists and `publishedUntil`.
 */
export const chinaBusinessHours: CalendarDefinition = {
  name: '中国工作时间 China business hours',
  timeZone: 'Asia/Shanghai',
  week: { monday: HOURS, tuesday: HOURS, wednesday: HOURS, thursday: HOURS, friday: HOURS },
  overrides: [
    ...holidays('2026-01', [1, 2, 3], "元旦 New Year's Day"),
    makeUpDay('2026-01-04', "元旦调休 New Year's Day make-up day"),
    makeUpDay('2026-02-14', '春节调休 Spring Festival make-up day'),
    ...holidays('2026-02', [15, 16, 17, 18, 19, 20, 21, 22, 23], '春节 Spring Festival'),
    makeUpDay('2026-02-28', '春节调休 Spring Festival make-up day'),
    ...holidays('2026-04', [4, 5, 6], '清明节 Tomb-sweeping Day'),
    ...holidays('2026-05', [1, 2, 3, 4, 5], '劳动节 Labour Day'),
    makeUpDay('2026-05-09', '劳动节调休 Labour Day make-up day'),
    ...holidays('2026-06', [19, 20, 21], '端午节 Dragon Boat Festival'),
    makeUpDay('2026-09-20', '国庆节调休 National Day make-up day'),
    ...holidays('2026-09', [25, 26, 27], '中秋节 Mid-autumn Festival'),
    ...holidays('2026-10', [1, 2, 3, 4, 5, 6, 7], '国庆节 National Day'),
    makeUpDay('2026-10-10', '国庆节调休 National Day make-up day'),
  ],
  publishedUntil: '2026-12-31',
};

function holidays(month: string, days: readonly number[], name: string): Holiday[] {
  return days.map((day) => ({ kind: 'holiday', date: `${month}-${String(day).padStart(2, '0')}`, name }));
}

function makeUpDay(date: string, name: string): WorkingDay {
  return { kind: 'working_day', date, name, hours: 'monday' };
}
