import { type ChannelPorts, hookPath } from '@tributary/channel-sdk';
import type { MasterKey } from '@tributary/directory';
import type { Clock } from '@tributary/runtime';
import type { DataSource } from 'typeorm';
import type { HostedInbox } from './hosted-inbox.js';
import { ProviderHttp } from './provider-http.js';
import { SharedTokens } from './shared-tokens.js';

/** The way to the provider for one inbox. */
export type PortsOf = (inbox: HostedInbox) => ChannelPorts;

export interface ProviderPortsParts {
  readonly dataSource: DataSource;
  readonly masterKey: MasterKey;
  readonly clock: Clock;
  /** Places that stand for a provider's origin: see `ProviderHttpOptions`. */
  readonly providerOrigins?: ReadonlyMap<string, string>;
  /** Where the installation is reached, without a slash at the end; for hosts that providers call. */
  readonly publicUrl?: string;
}

/** What every host of channels gives to its channels; one a process. */
export function providerPorts(parts: ProviderPortsParts): PortsOf {
  const { dataSource, masterKey, clock, providerOrigins, publicUrl } = parts;
  const http = new ProviderHttp({ origins: providerOrigins });
  const tokens = new SharedTokens(dataSource, masterKey, clock);
  return (inbox) => ({
    http,
    tokens: tokens.of(inbox),
    ...(publicUrl === undefined ? {} : { hookUrl: `${publicUrl}${hookPath(inbox)}` }),
    now: () => clock.now(),
  });
}
