import type { Channel, ContactTier, Priority, SlaMetric } from '@tributary/contracts';

export const DEFAULT_WARN_FRACTION = 0.75;

/** A promise of times, on the hours of a calendar. Plain JSON. */
export interface SlaPolicy {
  readonly id: string;
  readonly name: string;
  /** Every condition must hold; one that is absent or empty holds for every ticket. */
  readonly when: {
    readonly channels?: readonly Channel[];
    readonly priorities?: readonly Priority[];
    readonly tiers?: readonly ContactTier[];
  };
  /** Names one version of a calendar: an edited calendar has another id, so that past time keeps its hours. */
  readonly calendarId: string;
  readonly calendarName: string;
  /** Part of the target after which a warning is due; above 0, below 1, default 0.75. */
  readonly warnFraction?: number;
  /** Business seconds; a metric or priority that is absent has no clock. */
  readonly targets: Readonly<Partial<Record<SlaMetric, Readonly<Partial<Record<Priority, number>>>>>>;
}

/** What policies are chosen by. */
export interface SlaTicketAttributes {
  readonly channel: Channel;
  readonly priority: Priority;
  readonly tier: ContactTier;
}

/** What one clock has to keep. */
export interface SlaTarget {
  readonly policyId: string;
  readonly policyName: string;
  readonly calendarId: string;
  readonly calendarName: string;
  /** Business seconds. */
  readonly targetSeconds: number;
  readonly warnFraction: number;
}

/** The first policy, in the order given, whose conditions all hold; null when none does. */
export function chooseSlaPolicy(
  policies: readonly SlaPolicy[],
  ticket: SlaTicketAttributes,
): SlaPolicy | null {
  return (
    policies.find(
      ({ when }) =>
        holds(when.channels, ticket.channel) &&
        holds(when.priorities, ticket.priority) &&
        holds(when.tiers, ticket.tier),
    ) ?? null
  );
}

function holds<T>(allowed: readonly T[] | undefined, value: T): boolean {
  return allowed === undefined || allowed.length === 0 || allowed.includes(value);
}

/** Null when the policy promises nothing for the metric at this priority. */
export function slaTargetOf(policy: SlaPolicy, metric: SlaMetric, priority: Priority): SlaTarget | null {
  const targetSeconds = policy.targets[metric]?.[priority];
  if (targetSeconds === undefined) return null;
  return {
    policyId: policy.id,
    policyName: policy.name,
    calendarId: policy.calendarId,
    calendarName: policy.calendarName,
    targetSeconds,
    warnFraction: policy.warnFraction ?? DEFAULT_WARN_FRACTION,
  };
}
