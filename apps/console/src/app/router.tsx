import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import type { TicketView } from '@tributary/contracts';
import { queryClient } from '../api/query-client.js';
import { sessionQuery } from '../api/session.js';
import { ticketListQuery, ticketQuery } from '../api/tickets.js';
import { SignInPage } from '../features/sign-in/SignInPage.js';
import { TicketsPage } from '../features/list/TicketsPage.js';
import { NothingOpen } from '../features/list/NothingOpen.js';
import { activateLocale } from '../i18n/i18n.js';
import { Frame } from './Frame.js';
import { PageFault, PageMissing } from './PageFault.js';

export const TICKET_VIEWS = [
  'mine',
  'queue',
  'team',
  'waiting',
  'solved',
  'all',
] as const satisfies TicketView[];

const isTicketView = (view: string): view is TicketView => (TICKET_VIEWS as readonly string[]).includes(view);

/** A search for `1042` comes out of the address as a number. */
const isWords = (q: unknown): q is string | number =>
  (typeof q === 'string' && q !== '') || typeof q === 'number';

const TicketPage = lazyRouteComponent(() => import('../features/ticket/TicketPage.js'), 'TicketPage');

const root = createRootRoute({
  component: Outlet,
  errorComponent: PageFault,
  notFoundComponent: PageMissing,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: SignInPage,
  validateSearch: (search: Record<string, unknown>): { token?: string; back?: string } => ({
    ...(typeof search['token'] === 'string' ? { token: search['token'] } : {}),
    ...(typeof search['back'] === 'string' && search['back'].startsWith('/') ? { back: search['back'] } : {}),
  }),
});

/** Everything behind the sign-in; the session is read once and the agent's language taken from it. */
const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  component: Frame,
  beforeLoad: async ({ location }) => {
    const session = await queryClient.ensureQueryData(sessionQuery);
    if (!session) throw redirect({ to: '/sign-in', search: { back: location.href } });
    // The list is shown without waiting for what only an open ticket needs; it is there before the first click.
    void TicketPage.preload?.();
    await activateLocale(session.person.locale).catch(() => undefined);
  },
});

const home = createRoute({
  getParentRoute: () => frame,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/tickets/$view', params: { view: 'mine' } });
  },
});

const tickets = createRoute({
  getParentRoute: () => frame,
  path: '/tickets/$view',
  component: TicketsPage,
  params: {
    parse: ({ view }): { view: TicketView } => ({ view: isTicketView(view) ? view : 'mine' }),
    stringify: ({ view }) => ({ view }),
  },
  validateSearch: (search: Record<string, unknown>): { queue?: string; q?: string } => ({
    ...(typeof search['queue'] === 'string' ? { queue: search['queue'] } : {}),
    ...(isWords(search['q']) ? { q: String(search['q']) } : {}),
  }),
  loaderDeps: ({ search }) => search,
  loader: ({ params, deps }) => {
    void queryClient.prefetchInfiniteQuery(
      ticketListQuery({ view: params.view, queueId: deps.queue, q: deps.q }),
    );
  },
});

const noTicket = createRoute({ getParentRoute: () => tickets, path: '/', component: NothingOpen });

const ticket = createRoute({
  getParentRoute: () => tickets,
  path: '$ticketId',
  component: TicketPage,
  loader: ({ params }) => {
    void queryClient.prefetchQuery(ticketQuery(params.ticketId));
  },
});

const settings = createRoute({
  getParentRoute: () => frame,
  path: '/settings',
  component: lazyRouteComponent(() => import('../features/settings/SettingsPage.js'), 'SettingsPage'),
});

const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/settings/preferences' });
  },
});

const preferences = createRoute({
  getParentRoute: () => settings,
  path: 'preferences',
  component: lazyRouteComponent(() => import('../features/settings/PreferencesPage.js'), 'PreferencesPage'),
});

const people = createRoute({
  getParentRoute: () => settings,
  path: 'people',
  component: lazyRouteComponent(() => import('../features/settings/PeoplePage.js'), 'PeoplePage'),
});

const skills = createRoute({
  getParentRoute: () => settings,
  path: 'skills',
  component: lazyRouteComponent(() => import('../features/settings/SkillsPage.js'), 'SkillsPage'),
});

const queues = createRoute({
  getParentRoute: () => settings,
  path: 'queues',
  component: lazyRouteComponent(() => import('../features/settings/QueuesPage.js'), 'QueuesPage'),
});

const inboxes = createRoute({
  getParentRoute: () => settings,
  path: 'inboxes',
  component: lazyRouteComponent(() => import('../features/settings/InboxesPage.js'), 'InboxesPage'),
});

const inbox = createRoute({
  getParentRoute: () => settings,
  path: 'inboxes/$inboxId',
  component: lazyRouteComponent(() => import('../features/settings/InboxPage.js'), 'InboxPage'),
});

const routing = createRoute({
  getParentRoute: () => settings,
  path: 'routing',
  component: lazyRouteComponent(() => import('../features/routing/RoutingPage.js'), 'RoutingPage'),
});

const routeTree = root.addChildren([
  signIn,
  frame.addChildren([
    home,
    tickets.addChildren([noTicket, ticket]),
    settings.addChildren([settingsHome, preferences, people, skills, queues, inboxes, inbox, routing]),
  ]),
]);

export const router = createRouter({ routeTree, defaultPreload: 'intent', defaultPreloadStaleTime: 0 });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
