import { notifications } from '@mantine/notifications';
import type { AnyRouter } from '@tanstack/react-router';
import { queryClient } from '../api/query-client.js';

/** Goes to the sign-in, and only then forgets what was read: pages that still stand need it until they are gone. */
export async function leaveForSignIn(router: AnyRouter, back?: string): Promise<void> {
  notifications.clean();
  await router.navigate({ to: '/sign-in', search: back ? { back } : {} });
  queryClient.clear();
}
