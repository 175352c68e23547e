import { describe, it } from '@jest/globals';
import { PRESENCE_STATES, PRIORITIES } from '@tributary/contracts';
import fc from 'fast-check';
import { aConfiguration, aTicket, START, type WorkspaceSketch } from '../testing/a-workspace.js';
import { CAPACITY } from './configuration.js';
import type { Decision } from './decision.js';
import { capabilityFilters } from './requirement.js';
import { strictScore } from './score.js';
import type { WorkItem } from './work-item.js';
import { WorkspaceMatching } from './workspace-matching.js';

/** What happens to a workspace: every event with the seconds that pass before it. */
type Happening = { readonly after: number } & (
  | { readonly kind: 'ready'; readonly ticket: number; readonly priority: number; readonly language: string }
  | { readonly kind: 'ready again'; readonly ticket: number; readonly skips: number }
  | { readonly kind: 'withdrawn'; readonly ticket: number; readonly how: 'settled' | 'paused' | 'unassigned' }
  | { readonly kind: 'by hand'; readonly ticket: number; readonly agent: number }
  | { readonly kind: 'presence'; readonly agent: number; readonly state: number; readonly lease: number }
  | { readonly kind: 'set-up'; readonly sketch: number }
  | { readonly kind: 'time' }
);

const LANGUAGES = ['zh', 'en', 'de', ''] as const;
const AGENTS = 4;
const TICKETS = 10;

const workspace: fc.Arbitrary<WorkspaceSketch> = fc.record({
  agents: fc.tuple(
    ...Array.from({ length: AGENTS }, (_, n) =>
      fc.record({
        id: fc.constant(`a${n}`),
        active: fc.boolean().map((odd) => odd || n > 0),
        teams: fc.subarray(['red', 'blue']),
        skills: fc.dictionary(fc.constantFrom('x', 'y'), fc.integer({ min: 1, max: 5 })),
        languages: fc.subarray(['zh', 'en', 'de']),
      }),
    ),
  ),
  queues: fc.constant({ red: 'red', all: null }),
  rules: fc.array(
    fc.record({
      name: fc.constant('rule'),
      when: fc.constantFrom(
        [],
        [{ field: 'language', op: 'is', value: 'zh' } as const],
        [{ field: 'priority', op: 'in', value: ['high', 'urgent'] } as const],
      ),
      queueId: fc.constantFrom('red', 'all', 'general'),
      skills: fc.constantFrom([], [{ skillId: 'x', minLevel: 2 }], [{ skillId: 'y', minLevel: 4 }]),
      matchLanguage: fc.boolean(),
    }),
    { maxLength: 3 },
  ),
  costs: fc.record({ web_form: fc.constantFrom(15, 60, 100), email: fc.constantFrom(15, 25) }),
});

const ticket = fc.nat(TICKETS - 1);
const agent = fc.nat(AGENTS - 1);
const happening: fc.Arbitrary<Happening> = fc
  .tuple(
    fc.constantFrom(0, 0, 0, 1, 30, 400),
    fc.oneof(
      fc.record({
        kind: fc.constant('ready' as const),
        ticket,
        priority: fc.nat(3),
        language: fc.constantFrom(...LANGUAGES),
      }),
      fc.record({ kind: fc.constant('ready again' as const), ticket, skips: fc.nat(2) }),
      fc.record({
        kind: fc.constant('withdrawn' as const),
        ticket,
        how: fc.constantFrom('settled' as const, 'paused' as const, 'unassigned' as const),
      }),
      fc.record({ kind: fc.constant('by hand' as const), ticket, agent }),
      fc.record({
        kind: fc.constant('presence' as const),
        agent,
        state: fc.constantFrom(0, 0, 0, 1, 2, 3, 4),
        lease: fc.constantFrom(45, 45, 3600, 0),
      }),
      fc.record({ kind: fc.constant('set-up' as const), sketch: fc.nat(1) }),
      fc.record({ kind: fc.constant('time' as const) }),
    ),
  )
  .map(([after, event]) => ({ ...event, after }));

/** A run of the matching with what a store would keep of it. */
class Run {
  readonly decisions: Decision[] = [];
  /** Of the newest event. */
  latest: readonly Decision[] = [];
  readonly items = new Map<string, WorkItem>();
  matching: WorkspaceMatching;
  now = START;
  sketch = 0;
  #versions = new Map<string, number>();

  constructor(private readonly sketches: readonly [WorkspaceSketch, WorkspaceSketch]) {
    this.matching = new WorkspaceMatching({
      configuration: this.configuration,
      seats: [],
      items: [],
      now: START,
    });
  }

  get configuration() {
    return aConfiguration(this.sketches[this.sketch]!);
  }

  happen(event: Happening): void {
    this.now += event.after * 1000;
    if ('ticket' in event) this.#recall(`t${event.ticket}`);
    this.#apply(event);
    this.store();
  }

  store(): void {
    const { decisions, items } = this.matching.takeChanges();
    this.latest = decisions;
    this.decisions.push(...decisions);
    for (const item of items) this.items.set(item.ticketId, structuredClone(item));
  }

  restart(): void {
    const { seats, items } = this.matching.snapshot();
    this.matching = new WorkspaceMatching({ configuration: this.configuration, seats, items, now: this.now });
  }

  #apply(event: Happening): void {
    const { matching, now } = this;
    switch (event.kind) {
      case 'ready': {
        const { priority, language } = event;
        const attributes = { priority: PRIORITIES[priority]!, language: language || null };
        const id = `t${event.ticket}`;
        const version = this.#next(id);
        matching.ticketArrives(aTicket(id, { ...attributes, version, waitingSince: now }), now);
        break;
      }
      case 'ready again': {
        const id = `t${event.ticket}`;
        const version = Math.max(1, (this.#versions.get(id) ?? 0) - event.skips);
        matching.ticketArrives(aTicket(id, { version, waitingSince: now }), now);
        break;
      }
      case 'withdrawn':
      case 'by hand': {
        const ticketId = `t${event.ticket}`;
        const agentId = event.kind === 'by hand' ? `a${event.agent}` : null;
        const reason = event.kind === 'by hand' ? 'assigned_by_hand' : event.how;
        matching.ticketWithdrawn({ ticketId, ticketVersion: this.#next(ticketId), reason, agentId }, now);
        break;
      }
      case 'presence': {
        const state = PRESENCE_STATES[event.state]!;
        const leaseUntil = now + event.lease * 1000;
        matching.presenceChanges({ agentId: `a${event.agent}`, state, leaseUntil }, now);
        break;
      }
      case 'set-up':
        this.sketch = event.sketch;
        matching.configurationChanges(this.configuration, now);
        break;
      case 'time':
        matching.advance(now);
        break;
    }
  }

  #next(id: string): number {
    const version = (this.#versions.get(id) ?? 0) + 1;
    this.#versions.set(id, version);
    return version;
  }

  #recall(id: string): void {
    const stored = this.items.get(id);
    if (stored && !this.matching.knows(id)) this.matching.recall([structuredClone(stored)]);
  }
}

const story = fc.tuple(fc.tuple(workspace, workspace), fc.array(happening, { maxLength: 60, size: 'max' }));

function always(check: (run: Run, event: Happening) => void): void {
  fc.assert(
    fc.property(story, ([sketches, events]) => {
      const run = new Run(sketches);
      for (const event of events) {
        run.happen(event);
        check(run, event);
      }
    }),
    { numRuns: 300 },
  );
}

function expectTrue(holds: boolean, why: string): void {
  if (!holds) throw new Error(why);
}

describe('whatever happens in a workspace', () => {
  it('no agent is routed work beyond capacity', () => {
    always(({ matching, decisions }) => {
      const { seats, items } = matching.snapshot();
      for (const seat of seats) {
        const held = items.filter((item) => item.agentId === seat.agentId);
        const routed = held.filter((item) => !item.byHand).reduce((sum, item) => sum + item.units, 0);
        const all = held.reduce((sum, item) => sum + item.units, 0);
        expectTrue(routed <= CAPACITY, `${seat.agentId} was routed ${routed} units`);
        expectTrue(seat.usedUnits === all, `${seat.agentId} pays ${seat.usedUnits} for ${all}`);
        expectTrue(held.length === seat.held.length, `${seat.agentId} holds other tickets than are theirs`);
      }
      for (const { best, agent, outcome } of decisions.filter((each) => each.outcome === 'assigned')) {
        const chosen = best.find(({ agentId }) => agentId === agent!.id);
        expectTrue(chosen !== undefined && chosen.freeUnits > 0, `${outcome} to an agent who was not free`);
      }
    });
  });

  it('no ticket waits while an agent who may take it is free', () => {
    always(({ matching, configuration, now }) => {
      const { seats, items } = matching.snapshot();
      for (const item of items.filter(({ state }) => state === 'waiting')) {
        const { requirement } = configuration.route(item.attributes!);
        const filters = capabilityFilters(requirement);
        const able = seats.filter((seat) => {
          const profile = configuration.agents.find(({ id }) => id === seat.agentId);
          const free = CAPACITY - seat.usedUnits >= item.units && seat.agentId !== item.excludedAgentId;
          const present = seat.state === 'available' && seat.leaseUntil > now;
          return profile && free && present && filters.every((filter) => filter.passes(profile));
        });
        expectTrue(able.length === 0, `${item.ticketId} waits while ${able[0]?.agentId} is free`);
      }
    });
  });

  it('who is freed gets the first of those who wait', () => {
    always(({ matching, latest, configuration }) => {
      const waiting = matching.snapshot().items.filter(({ state }) => state === 'waiting');
      const last = latest.at(-1);
      if (last?.outcome !== 'assigned' || last.cause !== 'presence') return;
      const taken = matching.snapshot().items.find((item) => item.ticketId === last.ticketId)!;
      const agent = configuration.agents.find(({ id }) => id === taken.agentId)!;
      const head = (item: WorkItem) => {
        return { ...item, priority: configuration.route(item.attributes!).priority };
      };
      for (const item of waiting) {
        const { requirement } = configuration.route(item.attributes!);
        const able = capabilityFilters(requirement).every((filter) => filter.passes(agent));
        if (!able || item.excludedAgentId === agent.id || item.units > taken.units) continue;
        expectTrue(!strictScore.before(head(item), head(taken), 0), `${item.ticketId} was passed over`);
      }
    });
  });

  it('a ticket keeps its age until it is withdrawn', () => {
    fc.assert(
      fc.property(story, ([sketches, events]) => {
        const run = new Run(sketches);
        const since = new Map<string, number>();
        for (const event of events) {
          run.happen(event);
          for (const item of run.items.values()) {
            const before = since.get(item.ticketId);
            expectTrue(
              before === undefined || item.waitingSince <= before,
              `${item.ticketId} became younger`,
            );
            if (item.state === 'withdrawn') since.delete(item.ticketId);
            else since.set(item.ticketId, item.waitingSince);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('the same events bring the same decisions', () => {
    fc.assert(
      fc.property(story, ([sketches, events]) => {
        const [one, other] = [new Run(sketches), new Run(sketches)];
        for (const event of events) for (const run of [one, other]) run.happen(event);
        expectTrue(
          JSON.stringify(one.decisions) === JSON.stringify(other.decisions),
          'two runs decided differently',
        );
      }),
      { numRuns: 200 },
    );
  });

  it('a restart changes nothing that was decided, and decides nothing', () => {
    always((run) => {
      const before = JSON.stringify(run.matching.snapshot());
      run.restart();
      expectTrue(JSON.stringify(run.matching.snapshot()) === before, 'the state is another after a restart');
      expectTrue(run.matching.takeChanges().decisions.length === 0, 'the restart decided something');
    });
  });
});
