import { queryOptions } from '@tanstack/react-query';
import type {
  DryRunRequest,
  DryRunView,
  InboxRequest,
  InboxView,
  PersonRequest,
  PersonView,
  QueueView,
  RoutingPolicyView,
  SignInLinkView,
  SkillView,
  TeamView,
} from '@tributary/contracts';
import { request } from './http.js';

const listQuery = <T>(name: string) =>
  queryOptions({
    queryKey: [name],
    queryFn: ({ signal }) => request<readonly T[]>('GET', `/api/${name}`, { signal }),
    // Others administer too, and the stream does not carry it: each visit looks again, showing the last first.
    staleTime: 0,
  });

export const peopleQuery = listQuery<PersonView>('people');
export const teamsQuery = listQuery<TeamView>('teams');
export const skillsQuery = listQuery<SkillView>('skills');
export const inboxesQuery = listQuery<InboxView>('inboxes');

export const policyQuery = queryOptions({
  queryKey: ['routing-policy'],
  queryFn: ({ signal }) => request<RoutingPolicyView>('GET', '/api/routing/policy', { signal }),
  staleTime: 0,
});

/** Creates without an id, changes with one. */
const save = <Body, View>(name: string, id: string | null, body: Body): Promise<View> =>
  id === null ? request('POST', `/api/${name}`, { body }) : request('PATCH', `/api/${name}/${id}`, { body });

export const savePerson = (id: string | null, body: PersonRequest) =>
  save<PersonRequest, PersonView>('people', id, body);
export const saveSkill = (id: string | null, name: string) =>
  save<{ name: string }, SkillView>('skills', id, { name });
export const removeSkill = (id: string): Promise<unknown> => request('DELETE', `/api/skills/${id}`);
export const saveQueue = (id: string | null, name: string) =>
  save<{ name: string }, QueueView>('queues', id, { name });
export const saveInbox = (id: string | null, body: InboxRequest) =>
  save<InboxRequest, InboxView>('inboxes', id, body);

export const makeSignInLink = (personId: string): Promise<SignInLinkView> =>
  request('POST', `/api/people/${personId}/sign-in-link`);

export const savePolicy = (body: RoutingPolicyView): Promise<RoutingPolicyView> =>
  request('PUT', '/api/routing/policy', { body });
export const dryRun = (body: DryRunRequest): Promise<DryRunView> =>
  request('POST', '/api/routing/policy/dry-run', { body });
