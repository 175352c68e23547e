import { queryOptions } from '@tanstack/react-query';
import type {
  DryRunRequest,
  DryRunView,
  InboxHealthView,
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

/** How often an open inbox page looks: the stream does not carry it. */
const HEALTH_MS = 2_000;

export const inboxHealthQuery = (id: string) =>
  queryOptions({
    queryKey: ['inboxes', id, 'health'],
    queryFn: ({ signal }) => request<InboxHealthView>('GET', `/api/inboxes/${id}/health`, { signal }),
    staleTime: 0,
    refetchInterval: HEALTH_MS,
  });

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

/** Tries the provider of an inbox now, instead of when it would be tried next. */
export const retryInbox = (id: string): Promise<InboxHealthView> =>
  request('POST', `/api/inboxes/${id}/retry`);

export const makeSignInLink = (personId: string): Promise<SignInLinkView> =>
  request('POST', `/api/people/${personId}/sign-in-link`);

export const savePolicy = (body: RoutingPolicyView): Promise<RoutingPolicyView> =>
  request('PUT', '/api/routing/policy', { body });
export const dryRun = (body: DryRunRequest): Promise<DryRunView> =>
  request('POST', '/api/routing/policy/dry-run', { body });
