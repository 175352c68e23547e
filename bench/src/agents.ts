import type { RoutingPolicyView } from '@tributary/contracts';
import { Desk } from '@tributary/e2e';

/** The lease is 45 s; more would measure presence. */
const HEARTBEAT_MS = 30_000;

/** People who can take any ticket of the default queue, signed in and available. */
export class Agents {
  #desks: readonly Desk[] = [];
  #heartbeat: NodeJS.Timeout | undefined;

  async hire(admin: Desk, count: number): Promise<void> {
    const policy = await admin.call<RoutingPolicyView>('GET', '/api/routing/policy');
    await admin.call('PUT', '/api/routing/policy', { ...policy, costs: { ...policy.costs, web_form: 1 } });
    const teams = await admin.call<readonly { readonly id: string }[]>('GET', '/api/teams');
    const desks: Desk[] = [];
    for (let n = 0; n < count; n++) {
      const person = await admin.call<{ readonly id: string }>('POST', '/api/people', {
        name: `Agent ${n}`,
        email: `agent-${n}@bench.example`,
        role: 'agent',
        languages: ['en'],
        teamIds: teams.map(({ id }) => id),
      });
      const link = await admin.call<{ readonly url: string }>(
        'POST',
        `/api/people/${person.id}/sign-in-link`,
        {},
      );
      desks.push(await Desk.signIn(link.url));
    }
    this.#desks = desks;
    await this.renew();
  }

  /** For every round; by itself only when one lasts longer than the lease. */
  async renew(): Promise<void> {
    clearTimeout(this.#heartbeat);
    for (const desk of this.#desks) await desk.presence('available');
    this.#heartbeat = setTimeout(() => void this.renew().catch(() => undefined), HEARTBEAT_MS);
  }

  leave(): void {
    clearTimeout(this.#heartbeat);
  }
}
