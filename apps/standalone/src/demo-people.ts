import type { Locale, PersonRole } from '@tributary/contracts';

export type DemoTeam = 'care' | 'technical';
export type DemoSkill = 'refunds' | 'technical' | 'vip';

export interface DemoPerson {
  readonly name: string;
  readonly email: string;
  readonly role: PersonRole;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly teams: readonly DemoTeam[];
  readonly skills: Readonly<Partial<Record<DemoSkill, number>>>;
  readonly regions: readonly string[];
  readonly languages: readonly string[];
}

const SHANGHAI = { locale: 'zh-CN', timeZone: 'Asia/Shanghai' } as const;
const BERLIN = { locale: 'en', timeZone: 'Europe/Berlin' } as const;

/** The first one gets the sign-in link: she administers, and can take any work of the demo. */
export const DEMO_PEOPLE: readonly DemoPerson[] = [
  {
    name: '林悦 Lin Yue',
    email: 'lin.yue@example.com',
    role: 'admin',
    locale: 'en',
    timeZone: 'Asia/Shanghai',
    teams: ['care', 'technical'],
    skills: { refunds: 5, technical: 4, vip: 5 },
    regions: ['cn', 'eu', 'us'],
    languages: ['zh', 'en'],
  },
  {
    name: '王磊',
    email: 'wang.lei@example.com',
    role: 'agent',
    ...SHANGHAI,
    teams: ['technical'],
    skills: { technical: 5 },
    regions: ['cn'],
    languages: ['zh'],
  },
  {
    name: '陈静',
    email: 'chen.jing@example.com',
    role: 'agent',
    ...SHANGHAI,
    teams: ['care'],
    skills: { refunds: 4 },
    regions: ['cn'],
    languages: ['zh', 'en'],
  },
  {
    name: 'Anna Schmidt',
    email: 'anna.schmidt@example.com',
    role: 'lead',
    ...BERLIN,
    teams: ['care'],
    skills: { refunds: 3, vip: 4 },
    regions: ['eu'],
    languages: ['de', 'en'],
  },
  {
    name: 'Tom Becker',
    email: 'tom.becker@example.com',
    role: 'agent',
    ...BERLIN,
    teams: ['technical'],
    skills: { technical: 4 },
    regions: ['eu'],
    languages: ['de', 'en'],
  },
  {
    name: 'Priya Nair',
    email: 'priya.nair@example.com',
    role: 'agent',
    locale: 'en',
    timeZone: 'America/New_York',
    teams: ['care', 'technical'],
    skills: { refunds: 2, technical: 3 },
    regions: ['us'],
    languages: ['en'],
  },
];
