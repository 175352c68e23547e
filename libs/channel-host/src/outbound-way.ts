import type { ChannelModule } from '@tributary/channel-sdk';
import type { DataSource } from 'typeorm';
import { DatabaseInboxLeases } from './inbox-leases.js';
import { MessageSender, type MessageSenderParts } from './message-sender.js';
import type { CallConnector } from './call-connector.js';
import { OutboundSender } from './outbound-sender.js';
import { DatabaseSendPace } from './send-pace.js';
import { WaitingRoom } from './waiting-room.js';
import { DatabaseWaitingSends } from './waiting-sends.js';

export interface OutboundWayParts extends Omit<MessageSenderParts, 'pace'> {
  /** The channels that this process hosts. */
  readonly channels: readonly ChannelModule[];
  /** Connected as a role that writes the schema `channels`. */
  readonly dataSource: DataSource;
  /** Of hosts of channels that people call. */
  readonly calls?: Pick<CallConnector, 'connect'>;
}

/** How replies leave a process that hosts channels: from the log, and after a wait for their turn. */
export function outboundWay(parts: OutboundWayParts): {
  readonly sender: OutboundSender;
  readonly waitingRoom: WaitingRoom;
} {
  const pace = new DatabaseSendPace(parts.dataSource);
  const waiting = new DatabaseWaitingSends(parts.dataSource);
  const messages = new MessageSender({ ...parts, pace });
  const leases = new DatabaseInboxLeases(parts.dataSource, 'channels.send_lease');
  const waitingRoom = new WaitingRoom({ ...parts, messages, waiting, leases, pace });
  const sender = new OutboundSender({
    ...{ ...parts, messages, waiting },
    onWaiting: (inbox) => waitingRoom.ring(inbox),
  });
  return { sender, waitingRoom };
}
