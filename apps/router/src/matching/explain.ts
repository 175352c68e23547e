import type { DecisionView } from '@tributary/contracts';
import type { Seat, Shortlist } from './agent-pool.js';
import { CAPACITY } from './configuration.js';
import type { Requirement } from './requirement.js';
import type { Line } from './waiting-lines.js';

type Explained = Pick<DecisionView, 'requirements' | 'funnel' | 'best'>;

/** What was asked, how many agents each filter left, and who led. */
export function explainChoice(line: Line, list: Shortlist, now: number): Explained {
  const funnel = [
    ...line.funnel,
    { filter: 'present', left: list.present },
    { filter: 'capacity', left: list.able + list.excluded },
  ];
  if (line.excludedAgentId !== null) funnel.push({ filter: 'gave_back', left: list.able });
  return {
    requirements: explainRequirement(line.requirement),
    funnel,
    best: list.best.map((seat) => ({
      agentId: seat.agentId,
      name: nameOf(seat),
      idleSeconds: seconds(now - (seat.idleSince ?? now)),
      freeUnits: CAPACITY - seat.usedUnits,
    })),
  };
}

export function explainRequirement(requirement: Requirement): DecisionView['requirements'] {
  const { skills, language, region } = requirement;
  return [
    ...skills.map(({ name, minLevel }) => ({ kind: 'skill' as const, text: `${name}>=${minLevel}` })),
    ...(language === null ? [] : [{ kind: 'language' as const, text: language }]),
    ...(region === null ? [] : [{ kind: 'region' as const, text: region }]),
  ];
}

/** By what the first of the shortlist went before the second; null when there was no second. */
export function agentTieBreak({ best: [first, second] }: Shortlist): string | null {
  if (!first || !second) return null;
  if (first.idleSince !== second.idleSince) return 'longest_idle';
  return first.usedUnits !== second.usedUnits ? 'least_loaded' : 'agent_id';
}

export function nameOf(seat: Seat): string {
  return seat.profile?.name ?? '';
}

export function seconds(milliseconds: number): number {
  return Math.max(0, Math.floor(milliseconds / 1000));
}
