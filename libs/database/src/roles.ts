/** The services' database roles, and the one schema each owns. Every service may read what `reads` names. */
export interface ServiceRole {
  readonly role: string;
  readonly writes: readonly Schema[];
  readonly reads: readonly Schema[];
}

/** `log` is the embedded event log; on Kafka nothing is written there. */
export const SCHEMAS = ['directory', 'channels', 'routing', 'tickets', 'log'] as const;
export type Schema = (typeof SCHEMAS)[number];

export const SERVICE_ROLES = {
  gateway: { role: 'tributary_gateway', writes: ['directory', 'channels'], reads: ['tickets', 'routing'] },
  ingest: { role: 'tributary_ingest', writes: ['channels'], reads: ['directory'] },
  tickets: { role: 'tributary_tickets', writes: ['tickets'], reads: ['directory', 'routing', 'channels'] },
  router: { role: 'tributary_router', writes: ['routing'], reads: ['directory'] },
} as const satisfies Record<string, ServiceRole>;
export type Service = keyof typeof SERVICE_ROLES;
