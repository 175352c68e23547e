import {
  ChannelError,
  type ChannelErrorCode,
  type ChannelModule,
  type InboundEvent,
} from '@tributary/channel-sdk';
import { unreachablePorts } from '@tributary/channel-sdk/testing';
import type { CallAssigned } from '@tributary/contracts';
import type { RecordBatch } from '@tributary/event-log';
import { createLogger, newId } from '@tributary/runtime';
import { describe, expect, it } from '@jest/globals';
import { CallConnector } from './call-connector.js';
import type { HostedInbox } from './hosted-inbox.js';

const inbox: HostedInbox = {
  ...{ id: newId(), workspaceId: newId(), channel: 'voice', name: 'Hotline', settings: {} },
};
const call: CallAssigned = {
  ...{
    inboxId: inbox.id,
    channel: 'voice',
    conversationId: newId(),
    ticketId: newId(),
    ticketNumber: '1042',
  },
  ...{ callId: 'CA1', from: { kind: 'phone', value: '+14155550123' } },
  ...{ agentId: newId(), agentName: 'Ada', phone: '+14155550199' },
};

/** Connects the caller; the provider's answers in order, the last for all that follow. */
async function connecting(...answers: readonly (ChannelErrorCode | 'done')[]) {
  let tried = 0;
  const told: InboundEvent[] = [];
  const waits: number[] = [];
  const connector = new CallConnector({
    ports: () => unreachablePorts,
    logger: createLogger('spec', 'silent'),
    acceptance: {
      async accept(_inbox, _raw, events) {
        told.push(...events);
        return { messages: 0, receipts: 0, unreadable: 0, changes: 1, ignored: 0 };
      },
    },
  });
  const channel = {
    inbound: {
      kind: 'call',
      async connect() {
        const answer = answers[Math.min(tried++, answers.length - 1)]!;
        if (answer !== 'done') throw new ChannelError(answer, 'as the test says');
      },
    },
  } as unknown as ChannelModule;
  const batch = { signal: new AbortController().signal } as RecordBatch;
  await connector.connect(channel, inbox, call, batch, async (ms) => void waits.push(ms));
  return { tried, told, waits: waits.length };
}

describe('a caller who has an agent', () => {
  it('is connected once, and what comes of it the provider tells', async () => {
    expect(await connecting('done')).toEqual({ tried: 1, told: [], waits: 0 });
  });

  it('is connected by a later try when the provider stumbles', async () => {
    expect(await connecting('unavailable', 'done')).toEqual({ tried: 2, told: [], waits: 1 });
  });

  it('is left alone when they wait no more', async () => {
    expect(await connecting('window_closed')).toEqual({ tried: 1, told: [], waits: 0 });
  });

  it.each([
    ['bad_credentials', 1],
    ['unavailable', 3],
  ] as const)('stays in the queue after %s, and the story says that nobody was rung', async (code, tries) => {
    const { tried, told } = await connecting(code);
    expect(tried).toBe(tries);
    expect(told).toMatchObject([
      {
        ...{ kind: 'activity', externalId: 'CA1', activity: 'call.unanswered', from: call.from },
        providerEventId: `CA1:call.unanswered:${call.agentId}`,
        fields: { agent: 'Ada', status: code },
      },
    ]);
  });
});
