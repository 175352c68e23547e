import { createSlaSettings } from '@tributary/app-tickets';
import { createQueue, savePolicy } from '@tributary/app-router';
import { GatewayConfig, InboxesService, PeopleService } from '@tributary/app-gateway';
import { chinaBusinessHours } from '@tributary/business-time';
import { type RoutingRule, type SkillView, type TeamView } from '@tributary/contracts';
import { inWorkspace } from '@tributary/database';
import { InboxService } from '@tributary/directory';
import { newId, systemClock } from '@tributary/runtime';
import type { ServiceContext } from '@tributary/service';
import { DEMO_PEOPLE, type DemoSkill, type DemoTeam } from './demo-people.js';

export interface DemoContexts {
  readonly gateway: ServiceContext;
  readonly tickets: ServiceContext;
  readonly router: ServiceContext;
}

interface Queues {
  readonly care: string;
  readonly refunds: string;
  readonly technical: string;
}

const HOUR = 3600;
const DAY = 9 * HOUR;

/**
 * A workspace to look around in: two teams, six agents with skills, regions and languages, a web form, a chat, a
 * mailbox, a routing policy, an SLA policy on Chinese business hours. Made once, through the services that administrators use.
 *
 * @returns the person who gets the sign-in link.
 */
export async function seedDemoWorkspace(
  contexts: DemoContexts,
  config: GatewayConfig,
): Promise<{ readonly workspaceId: string; readonly personId: string }> {
  const workspaceId = newId();
  const { gateway } = contexts;
  await gateway.dataSource.query(`INSERT INTO directory.workspace (id, name) VALUES ($1, $2)`, [
    workspaceId,
    'Tributary Demo',
  ]);
  const people = new PeopleService(gateway.dataSource);
  const teams = {
    care: await people.createTeam(workspaceId, 'Customer care'),
    technical: await people.createTeam(workspaceId, 'Technical support'),
  };
  const skills = {
    refunds: await people.createSkill(workspaceId, 'Refunds'),
    technical: await people.createSkill(workspaceId, 'Technical'),
    vip: await people.createSkill(workspaceId, 'VIP care'),
  };
  const personIds = await seedPeople(people, workspaceId, teams, skills);
  await seedInboxes(gateway, config, workspaceId);
  const queues = await seedQueues(contexts.router, workspaceId, teams);
  await savePolicy(
    contexts.router.dataSource,
    systemClock,
    workspaceId,
    {
      rules: rules(queues, skills),
      defaultQueueId: queues.care,
      costs: { email: 15, web_form: 15, web_chat: 15 },
    },
    'system',
  );
  await seedSla(contexts.tickets, workspaceId);
  return { workspaceId, personId: personIds[0]! };
}

async function seedPeople(
  people: PeopleService,
  workspaceId: string,
  teams: Readonly<Record<DemoTeam, TeamView>>,
  skills: Readonly<Record<DemoSkill, SkillView>>,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const { teams: teamNames, skills: levels, regions, languages, ...person } of DEMO_PEOPLE) {
    const created = await people.createPerson(workspaceId, {
      ...person,
      regions: [...regions],
      languages: [...languages],
      teamIds: teamNames.map((name) => teams[name].id),
      skills: Object.entries(levels).map(([name, level]) => ({
        skillId: skills[name as DemoSkill].id,
        level,
      })),
    });
    ids.push(created.id);
  }
  return ids;
}

async function seedInboxes(
  context: ServiceContext,
  config: GatewayConfig,
  workspaceId: string,
): Promise<void> {
  const inboxes = new InboxesService(
    context.dataSource,
    new InboxService(context.dataSource, context.masterKey),
    config,
  );
  await inboxes.create(workspaceId, {
    channel: 'web_form',
    name: 'Help page',
    settings: { regions: ['cn', 'eu', 'us'] },
  });
  await inboxes.create(workspaceId, { channel: 'web_chat', name: 'Website chat', settings: {} });
  await inboxes.create(workspaceId, {
    channel: 'email',
    name: 'Support mailbox',
    settings: { address: 'help@tributary.example', displayName: 'Tributary Demo' },
  });
}

async function seedQueues(
  context: ServiceContext,
  workspaceId: string,
  teams: Readonly<Record<DemoTeam, TeamView>>,
): Promise<Queues> {
  const make = async (name: string, team: TeamView) => {
    const queue = await createQueue(context.dataSource, systemClock, workspaceId, { name, teamId: team.id });
    return queue.id;
  };
  return {
    care: await make('General', teams.care),
    refunds: await make('Refunds', teams.care),
    technical: await make('Technical', teams.technical),
  };
}

/** First match wins, so the most particular stand first. */
function rules(queues: Queues, skills: Readonly<Record<DemoSkill, SkillView>>): RoutingRule[] {
  const refunds = {
    queueId: queues.refunds,
    skills: [{ skillId: skills.refunds.id, minLevel: 3 }],
    matchLanguage: true,
    matchRegion: false,
    priority: 'high',
  } as const;
  const technical = {
    queueId: queues.technical,
    skills: [{ skillId: skills.technical.id, minLevel: 3 }],
    matchLanguage: true,
    matchRegion: false,
    priority: null,
  } as const;
  return [
    {
      name: 'VIP customers',
      when: [{ field: 'contactTier', op: 'is', value: 'vip' }],
      queueId: queues.care,
      skills: [{ skillId: skills.vip.id, minLevel: 3 }],
      matchLanguage: true,
      matchRegion: false,
      priority: 'urgent',
    },
    { name: 'Refund requests', when: [{ field: 'type', op: 'is', value: 'refund' }], ...refunds },
    {
      name: 'Refund by words',
      when: [{ field: 'text', op: 'contains', value: ['退款', '退货', 'refund', 'money back'] }],
      ...refunds,
    },
    {
      name: 'Problems and repairs',
      when: [{ field: 'type', op: 'in', value: ['problem', 'repair'] }],
      ...technical,
    },
    {
      name: 'Technical by words',
      when: [
        {
          field: 'text',
          op: 'contains',
          value: ['故障', '无法', '报错', 'error', 'does not work', 'broken'],
        },
      ],
      ...technical,
    },
  ];
}

async function seedSla(context: ServiceContext, workspaceId: string): Promise<void> {
  await inWorkspace(context.dataSource, workspaceId, (manager) =>
    createSlaSettings(
      manager,
      workspaceId,
      { name: 'Shanghai office hours', definition: chinaBusinessHours },
      [
        {
          name: 'Standard promise',
          when: {},
          targets: {
            first_reply: { urgent: HOUR / 2, high: HOUR, normal: 4 * HOUR, low: DAY },
            resolution: { urgent: 4 * HOUR, high: DAY, normal: 3 * DAY, low: 5 * DAY },
          },
        },
      ],
    ),
  );
}
