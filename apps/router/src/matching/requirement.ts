/** What one skill must reach; levels are 1 (learning) to 5 (expert). */
export interface RequiredSkill {
  readonly skillId: string;
  readonly name: string;
  readonly minLevel: number;
}

/** What a ticket asks of its agent. Every part is hard: none is ever relaxed here. */
export interface Requirement {
  readonly queueId: string;
  /** Whose members may work the queue; null: everyone. */
  readonly teamId: string | null;
  readonly skills: readonly RequiredSkill[];
  /** Primary tag in lower case; null: any. */
  readonly language: string | null;
  /** Lower case; null: anywhere. */
  readonly region: string | null;
}

/** What an agent can do. */
export interface Capability {
  readonly active: boolean;
  readonly teamIds: ReadonlySet<string>;
  /** Skill id to level. */
  readonly skills: ReadonlyMap<string, number>;
  /** Primary tags in lower case. */
  readonly languages: ReadonlySet<string>;
  /** Lower case. */
  readonly regions: ReadonlySet<string>;
}

/** One filter of the funnel. */
export interface CapabilityFilter {
  /** Equal for filters that the same agents pass. */
  readonly key: string;
  /** A key that the console puts into words. */
  readonly filter: string;
  passes(capability: Capability): boolean;
}

/** The requirement as filters in the order that the funnel shows. */
export function capabilityFilters(requirement: Requirement): readonly CapabilityFilter[] {
  const { teamId, skills, language, region } = requirement;
  const filters: CapabilityFilter[] = [
    {
      key: `team ${teamId}`,
      filter: 'in_queue',
      passes: (agent) => teamId === null || agent.teamIds.has(teamId),
    },
    { key: 'active', filter: 'active', passes: (agent) => agent.active },
  ];
  for (const { skillId, name, minLevel } of skills) {
    filters.push({
      key: `skill ${skillId} ${minLevel}`,
      filter: `skill:${name}>=${minLevel}`,
      passes: (agent) => (agent.skills.get(skillId) ?? 0) >= minLevel,
    });
  }
  if (language !== null) {
    const filter = `language:${language}`;
    filters.push({ key: filter, filter, passes: (agent) => agent.languages.has(language) });
  }
  if (region !== null) {
    const filter = `region:${region}`;
    filters.push({ key: filter, filter, passes: (agent) => agent.regions.has(region) });
  }
  return filters;
}

/** Equal for requirements that the same agents meet in the same queue. */
export function requirementSignature(requirement: Requirement): string {
  const skills = requirement.skills.map((skill) => `${skill.skillId}:${skill.minLevel}`).toSorted();
  return JSON.stringify([requirement.queueId, skills, requirement.language, requirement.region]);
}

/** Equal for agents that can do the same work. */
export function capabilitySignature(capability: Capability): string {
  return JSON.stringify([
    capability.active,
    [...capability.teamIds].toSorted(),
    [...capability.skills].map(([id, level]) => `${id}:${level}`).toSorted(),
    [...capability.languages].toSorted(),
    [...capability.regions].toSorted(),
  ]);
}

/** `zh-CN` and `ZH` are both `zh` (BCP 47: the primary language subtag comes first). */
export function primaryLanguage(tag: string): string {
  return tag.split(/[-_]/, 1)[0]!.trim().toLowerCase();
}

export function foldRegion(region: string): string {
  return region.trim().toLowerCase();
}
