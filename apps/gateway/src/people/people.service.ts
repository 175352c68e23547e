import type { PersonView, SkillView, TeamView } from '@tributary/contracts';
import { inWorkspace, isForeignKeyViolation, isUniqueViolation } from '@tributary/database';
import {
  PersonEntity,
  PersonSkillEntity,
  SkillEntity,
  TeamEntity,
  TeamMemberEntity,
} from '@tributary/directory';
import { newId, ProblemError } from '@tributary/runtime';
import { type DataSource, type EntityManager, In } from 'typeorm';
import { announceConfiguration } from '../configuration.js';
import type { PersonPatchDto } from './people.dto.js';

/** People, teams and skills of a workspace; the router hears of every change in the same transaction. */
export class PeopleService {
  constructor(private readonly dataSource: DataSource) {}

  async people(workspaceId: string): Promise<readonly PersonView[]> {
    return inWorkspace(this.dataSource, workspaceId, async (manager) => {
      const people = await manager.find(PersonEntity, { order: { name: 'ASC', id: 'ASC' } });
      return viewsOf(manager, people);
    });
  }

  async createPerson(workspaceId: string, input: PersonPatchDto): Promise<PersonView> {
    return this.#change(workspaceId, async (manager) => {
      const person = manager.create(PersonEntity, {
        ...{ id: newId(), workspaceId, role: 'agent', active: true, locale: 'en', timeZone: 'UTC' },
        ...{ regions: [], languages: [], phone: null, wecomUserId: null },
        ...plainFields(input),
      });
      await manager.insert(PersonEntity, person);
      await linkPerson(manager, person, input);
      return this.#view(manager, person.id);
    });
  }

  async updatePerson(workspaceId: string, id: string, input: PersonPatchDto): Promise<PersonView> {
    return this.#change(workspaceId, async (manager) => {
      const person = await manager.findOneBy(PersonEntity, { id });
      if (!person) throw new ProblemError(404, 'PERSON_NOT_FOUND');
      const isAdmin = person.role === 'admin' && person.active;
      const staysAdmin = (input.role ?? 'admin') === 'admin' && (input.active ?? true);
      if (isAdmin && !staysAdmin) await keepOneAdmin(manager, id);
      await manager.update(PersonEntity, { id }, { ...plainFields(input), id });
      await linkPerson(manager, { ...person, ...plainFields(input) }, input);
      if (input.active === false) {
        await manager.query(`DELETE FROM directory.session WHERE person_id = $1`, [id]);
        await manager.query(`DELETE FROM directory.sign_in_link WHERE person_id = $1 AND used_at IS NULL`, [
          id,
        ]);
      }
      return this.#view(manager, id);
    });
  }

  async teams(workspaceId: string): Promise<readonly TeamView[]> {
    return inWorkspace(this.dataSource, workspaceId, (manager) =>
      manager.find(TeamEntity, { select: { id: true, name: true }, order: { name: 'ASC' } }),
    );
  }

  async createTeam(workspaceId: string, name: string): Promise<TeamView> {
    return this.#change(workspaceId, async (manager) => {
      const team = { id: newId(), workspaceId, name };
      await manager.insert(TeamEntity, team);
      return { id: team.id, name };
    });
  }

  async skills(workspaceId: string): Promise<readonly SkillView[]> {
    return inWorkspace(this.dataSource, workspaceId, (manager) =>
      manager.query<SkillView[]>(
        `SELECT s.id, s.name, count(p.person_id)::int AS agents FROM directory.skill s
         LEFT JOIN directory.person_skill p ON p.skill_id = s.id GROUP BY s.id, s.name ORDER BY s.name`,
      ),
    );
  }

  async createSkill(workspaceId: string, name: string): Promise<SkillView> {
    return this.#change(workspaceId, async (manager) => {
      const skill = { id: newId(), workspaceId, name };
      await manager.insert(SkillEntity, skill);
      return { id: skill.id, name, agents: 0 };
    });
  }

  async renameSkill(workspaceId: string, id: string, name: string): Promise<SkillView> {
    return this.#change(workspaceId, async (manager) => {
      const { affected } = await manager.update(SkillEntity, { id }, { name });
      if (!affected) throw new ProblemError(404, 'SKILL_NOT_FOUND');
      return { id, name, agents: await manager.countBy(PersonSkillEntity, { skillId: id }) };
    });
  }

  async deleteSkill(workspaceId: string, id: string): Promise<void> {
    await this.#change(workspaceId, async (manager) => {
      const { affected } = await manager.delete(SkillEntity, { id });
      if (!affected) throw new ProblemError(404, 'SKILL_NOT_FOUND');
    });
  }

  async #view(manager: EntityManager, id: string): Promise<PersonView> {
    const [view] = await viewsOf(manager, await manager.findBy(PersonEntity, { id }));
    return view!;
  }

  async #change<T>(workspaceId: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await inWorkspace(this.dataSource, workspaceId, async (manager) => {
        const result = await work(manager);
        await announceConfiguration(manager, workspaceId, 'people');
        return result;
      });
    } catch (error) {
      if (isUniqueViolation(error))
        throw new ProblemError(409, 'NAME_TAKEN', 'the name or address is in use');
      if (isForeignKeyViolation(error)) throw new ProblemError(409, 'IN_USE', 'somebody still has it');
      throw error;
    }
  }
}

function plainFields(input: PersonPatchDto): Partial<PersonEntity> {
  const { email, name, role, active, locale, timeZone, regions, languages, phone, wecomUserId } = input;
  const plain = { name, role, active, locale, timeZone, regions, languages, phone, wecomUserId };
  const fields = { ...plain, email: email?.toLowerCase() };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

async function linkPerson(
  manager: EntityManager,
  person: Pick<PersonEntity, 'id' | 'workspaceId' | 'email'>,
  input: PersonPatchDto,
): Promise<void> {
  const { id: personId, workspaceId } = person;
  if (input.email !== undefined) {
    await manager.query(`DELETE FROM directory.login WHERE person_id = $1`, [personId]);
    await manager.query(`INSERT INTO directory.login (email, workspace_id, person_id) VALUES ($1, $2, $3)`, [
      person.email,
      workspaceId,
      personId,
    ]);
  }
  if (input.teamIds) {
    await refuseUnknown(manager, TeamEntity, 'teamIds', input.teamIds);
    await manager.delete(TeamMemberEntity, { personId });
    await manager.insert(
      TeamMemberEntity,
      [...new Set(input.teamIds)].map((teamId) => ({ workspaceId, teamId, personId })),
    );
  }
  if (input.skills) {
    await refuseUnknown(
      manager,
      SkillEntity,
      'skills',
      input.skills.map(({ skillId }) => skillId),
    );
    await manager.delete(PersonSkillEntity, { personId });
    await manager.insert(
      PersonSkillEntity,
      input.skills.map(({ skillId, level }) => ({ workspaceId, personId, skillId, level })),
    );
  }
}

/** Two administrators who remove each other at once: the second sees that the first is gone. */
async function keepOneAdmin(manager: EntityManager, leaving: string): Promise<void> {
  const admins: { id: string }[] = await manager.query(
    `SELECT id FROM directory.person WHERE role = 'admin' AND active ORDER BY id FOR UPDATE`,
  );
  if (admins.every(({ id }) => id === leaving)) {
    throw new ProblemError(409, 'LAST_ADMIN', 'somebody must be able to administer the workspace');
  }
}

/** A foreign key sees rows of every workspace; this query sees our own. */
async function refuseUnknown(
  manager: EntityManager,
  entity: typeof TeamEntity | typeof SkillEntity,
  field: string,
  ids: readonly string[],
): Promise<void> {
  const wanted = [...new Set(ids.map((id) => id.toLowerCase()))];
  const found = await manager.findBy(entity, { id: In(wanted) });
  const known = new Set(found.map(({ id }) => id));
  const faults = wanted
    .filter((id) => !known.has(id))
    .map((id) => ({ field, rule: 'unknown', message: `there is no ${id}` }));
  if (faults.length > 0)
    throw new ProblemError(422, 'UNKNOWN_REFERENCE', 'something named is not here', faults);
}

async function viewsOf(manager: EntityManager, people: readonly PersonEntity[]): Promise<PersonView[]> {
  const personId = In(people.map((person) => person.id));
  const members = Map.groupBy(await manager.findBy(TeamMemberEntity, { personId }), (m) => m.personId);
  const skills = Map.groupBy(await manager.findBy(PersonSkillEntity, { personId }), (s) => s.personId);
  return people.map((person) => ({
    id: person.id,
    name: person.name,
    email: person.email,
    role: person.role,
    active: person.active,
    locale: person.locale,
    timeZone: person.timeZone,
    teamIds: (members.get(person.id) ?? []).map((member) => member.teamId),
    skills: (skills.get(person.id) ?? []).map(({ skillId, level }) => ({ skillId, level })),
    regions: person.regions,
    languages: person.languages,
    phone: person.phone,
    wecomUserId: person.wecomUserId,
    createdAt: person.createdAt.toISOString(),
  }));
}
