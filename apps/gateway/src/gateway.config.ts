import { join } from 'node:path';
import { ServiceConfig } from '@tributary/service';
import { IsUrl } from 'class-validator';

/** Where the build puts the console, seen from this app's own build. */
export const BUILT_CONSOLE = join(import.meta.dirname, '..', '..', 'console', 'dist');

/** Where the build puts the chat's script. */
export const BUILT_CHAT_WIDGET = join(import.meta.dirname, '..', '..', 'chat-widget', 'dist');

/** Other services whose API the gateway shows at its door. */
export type Upstream = 'tickets' | 'router';

/** Processes that host channels beside the gateway, which hands their providers' calls on. */
export type HostUpstream = 'voice-ingest' | 'wechat-ingest';

/** What the gateway is told. */
export class GatewayConfig {
  constructor(
    /** Where people reach it, without a slash at the end: `https://desk.example.org`. */
    readonly TRIBUTARY_PUBLIC_URL: string,
    /** Folder of the built console. */
    readonly consoleFolder: string,
    /** Where the services answer that run elsewhere; none when all run in this process. */
    readonly upstreams: Readonly<Partial<Record<Upstream, string>>> = {},
    /** Where channels are hosted that the gateway does not host itself; it hosts those of hosts that are absent. */
    readonly hosts: Readonly<Partial<Record<HostUpstream, string>>> = {},
    /** Folder of the built chat widget. */
    readonly chatWidgetFolder: string = BUILT_CHAT_WIDGET,
  ) {}
}

/** The gateway as a process of its own. */
export class GatewayServiceConfig extends ServiceConfig {
  @IsServiceUrl()
  TICKETS_URL!: string;

  @IsServiceUrl()
  ROUTER_URL!: string;

  @IsServiceUrl()
  VOICE_INGEST_URL!: string;

  @IsServiceUrl()
  WECHAT_INGEST_URL!: string;
}

function IsServiceUrl() {
  return IsUrl({ require_tld: false, require_protocol: true, protocols: ['http', 'https'] });
}
