import type { ReplyRequest, ReplyRoute, TicketDetail } from '@tributary/contracts';

type Via = NonNullable<ReplyRequest['via']>;

export const viaOf = ({ inbox, identity }: ReplyRoute): Via => ({
  inboxId: inbox.id,
  identityId: identity.id,
});

export const keyOfRoute = (route: ReplyRoute): string => `${route.inbox.id}:${route.identity.id}`;

/** The chosen route; the first, where the customer was last heard, when none is chosen or it is gone. */
export function routeOf({ routes }: Pick<TicketDetail, 'routes'>, via: Via | null): ReplyRoute {
  const chosen = routes.find(
    ({ inbox, identity }) => inbox.id === via?.inboxId && identity.id === via.identityId,
  );
  return chosen ?? routes[0]!;
}
