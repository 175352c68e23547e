import {
  type Calendar,
  type CalendarDefinition,
  compileCalendar,
  isOpen,
  nextOpening,
} from '@tributary/business-time';
import type { HostedInbox } from '@tributary/channel-host';
import type { ChatHours } from '@tributary/contracts';
import { inWorkspace } from '@tributary/database';
import type { ServiceContext } from '@tributary/service';

const ALWAYS: ChatHours = { open: true, opensAt: null };
/** An administrator's new hours are seen after this at the latest. */
const FRESH_MS = 60_000;
const REMEMBERED = 1000;

interface Remembered {
  readonly until: number;
  readonly calendar: Calendar | undefined;
}

/** Whether somebody is there, by the workspace's business calendar. */
export class ChatHoursService {
  readonly #calendars = new Map<string, Remembered>();

  constructor(private readonly context: ServiceContext) {}

  /** A workspace without a calendar is always open. */
  async of(inbox: HostedInbox): Promise<ChatHours> {
    if (inbox.settings.hours !== 'calendar') return ALWAYS;
    const calendar = await this.#calendar(inbox.workspaceId);
    const now = this.context.clock.now().getTime();
    if (!calendar || isOpen(calendar, now)) return ALWAYS;
    const opens = nextOpening(calendar, now);
    return { open: false, opensAt: opens === null ? null : new Date(opens).toISOString() };
  }

  async #calendar(workspaceId: string): Promise<Calendar | undefined> {
    const now = this.context.clock.now().getTime();
    const known = this.#calendars.get(workspaceId);
    if (known && known.until > now) return known.calendar;
    const rows = await inWorkspace(this.context.dataSource, workspaceId, (manager) =>
      manager.query<{ definition: CalendarDefinition }[]>(
        // An edited calendar is another row.
        `SELECT definition FROM tickets.business_calendar WHERE workspace_id = $1 ORDER BY created_at DESC LIMIT 1`,
        [workspaceId],
      ),
    );
    const calendar = rows[0] && compileCalendar(rows[0].definition);
    if (this.#calendars.size >= REMEMBERED) this.#calendars.clear();
    this.#calendars.set(workspaceId, { until: now + FRESH_MS, calendar });
    return calendar;
  }
}
