import { Inject, Injectable } from '@nestjs/common';
import type { DecisionView } from '@tributary/contracts';
import { inWorkspace } from '@tributary/database';
import { SERVICE_CONTEXT, type ServiceContext } from '@tributary/service';

/** More than anybody reads; a ticket that went back and forth more often shows its latest. */
const MOST = 100;

@Injectable()
export class DecisionsService {
  constructor(@Inject(SERVICE_CONTEXT) private readonly context: ServiceContext) {}

  /** Newest first, at most 100; empty for a ticket that was never routed. */
  async ofTicket(workspaceId: string, ticketId: string): Promise<readonly DecisionView[]> {
    const rows: { id: string; at: Date; explain: Omit<DecisionView, 'id' | 'at'> }[] = await inWorkspace(
      this.context.dataSource,
      workspaceId,
      (manager) =>
        manager.query(
          `SELECT id, at, explain FROM routing.decision
           WHERE workspace_id = $1 AND ticket_id = $2 ORDER BY id DESC LIMIT ${MOST}`,
          [workspaceId, ticketId],
        ),
    );
    return rows.map(({ id, at, explain }) => ({ id, at: at.toISOString(), ...explain }));
  }
}
