import type { RoutingPolicyView } from '@tributary/contracts';
import { Desk } from '../system/desk.js';

/**
 * Everybody of the demo workspace, available.
 *
 * @param units what a ticket costs of an agent's 100.
 */
export async function openForWork(signInUrl: string, units: number): Promise<readonly Desk[]> {
  const admin = await Desk.signIn(signInUrl);
  const policy = await admin.call<RoutingPolicyView>('GET', '/api/routing/policy');
  await admin.call('PUT', '/api/routing/policy', { ...policy, costs: { ...policy.costs, web_form: units } });
  const others = (await admin.people()).filter(({ id }) => id !== admin.personId);
  const desks = [admin];
  for (const { email } of others) desks.push(await admin.colleague(email));
  for (const desk of desks) await desk.startWork();
  return desks;
}
