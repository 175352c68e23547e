import { describe, expect, it } from '@jest/globals';
import {
  type AcceptedRecord,
  type AccountPage,
  comparePage,
  type StoredLine,
  type StoredReceipt,
} from './reconciliation.js';

const aDelivery = (providerEventId: string, rawSha256 = 'aa') => ({
  ...{ workspaceId: 'w', inboxId: 'i', providerEventId, rawSha256 },
});
const aRecord = (offset: string, event = `e${offset}`): AcceptedRecord => ({
  offset,
  delivery: aDelivery(event),
});
const aLine = (log_offset: string, change: Partial<StoredLine> = {}): StoredLine => ({
  ...{
    workspace_id: 'w',
    log_offset,
    inbox_id: 'i',
    provider_event_id: `e${log_offset}`,
    disposition: 'message',
  },
  ...change,
});
const aReceipt = (event: string, change: Partial<StoredReceipt> = {}): StoredReceipt => ({
  ...{ workspace_id: 'w', inbox_id: 'i', provider_event_id: event },
  ...{ subject_id: `m-${event}`, raw_sha256: 'aa' },
  ...change,
});
const aPage = (change: Partial<AccountPage>): AccountPage => ({
  ...{ partition: 3, records: [], lines: [], quarantinedOffsets: [], receipts: [] },
  ...change,
});
const kinds = (change: Partial<AccountPage>) =>
  comparePage(aPage(change)).differences.map(({ kind, where }) => `${kind} ${where}`);

describe('a stretch of the log against its account', () => {
  it('agrees when every record has its line, its receipt and its bytes', () => {
    const duplicate = aLine('2', { disposition: 'duplicate', provider_event_id: 'e1' });
    const unreadable = aLine('3', { disposition: 'quarantined' });
    const page = aPage({
      records: [aRecord('1'), aRecord('2', 'e1'), aRecord('3'), { offset: '4' }],
      lines: [aLine('1'), duplicate, unreadable],
      quarantinedOffsets: ['4'],
      receipts: [aReceipt('e1'), aReceipt('e3')],
    });
    expect(comparePage(page).differences).toEqual([]);
    expect(comparePage(page).rows).toEqual([
      { workspaceId: 'w', partition: 3, accepted: 3, messages: 1, changes: 0, duplicates: 1, quarantined: 1 },
      {
        workspaceId: null,
        partition: 3,
        accepted: 1,
        messages: 0,
        changes: 0,
        duplicates: 0,
        quarantined: 1,
      },
    ]);
  });

  it('finds a record of which the store says nothing', () => {
    expect(kinds({ records: [aRecord('1')] })).toEqual(['no_disposition inbound.messages 3@1']);
    expect(kinds({ records: [{ offset: '1' }] })).toEqual(['no_disposition inbound.messages 3@1']);
  });

  it('finds a record with two dispositions', () => {
    const both = { records: [aRecord('1')], lines: [aLine('1')], quarantinedOffsets: ['1'] };
    expect(kinds({ ...both, receipts: [aReceipt('e1')] })).toEqual(['two_dispositions inbound.messages 3@1']);
  });

  it.each([
    ['event', { provider_event_id: 'other' }],
    ['inbox', { inbox_id: 'other' }],
    ['workspace', { workspace_id: 'other' }],
  ])('finds a line that is about another %s', (_, change) => {
    const page = { records: [aRecord('1')], lines: [aLine('1', change)], receipts: [aReceipt('e1')] };
    expect(kinds(page)).toEqual(['other_delivery inbound.messages 3@1']);
  });

  it('finds a line for what is no envelope', () => {
    expect(kinds({ records: [{ offset: '1' }], lines: [aLine('1')] })).toEqual([
      'other_delivery inbound.messages 3@1',
    ]);
  });

  it('finds lines and kept bytes of records that the log does not have', () => {
    expect(kinds({ lines: [aLine('7')], quarantinedOffsets: ['8'] })).toEqual([
      'no_record inbound.messages 3@7',
      'no_record inbound.messages 3@8',
    ]);
  });

  it.each(['message', 'duplicate', 'quarantined'] as const)(
    'finds a %s without its receipt',
    (disposition) => {
      expect(kinds({ records: [aRecord('1')], lines: [aLine('1', { disposition })] })).toEqual([
        'no_receipt inbound.messages 3@1',
      ]);
    },
  );

  it('finds a receipt whose message is gone', () => {
    const receipts = [aReceipt('e1', { subject_id: null, raw_sha256: null })];
    expect(kinds({ records: [aRecord('1')], lines: [aLine('1')], receipts })).toEqual([
      'no_message inbound.messages 3@1',
    ]);
  });

  it('finds a message of other bytes than were accepted, and asks that of no duplicate', () => {
    const receipts = [aReceipt('e1', { raw_sha256: 'bb' })];
    expect(kinds({ records: [aRecord('1')], lines: [aLine('1')], receipts })).toEqual([
      'other_bytes inbound.messages 3@1',
    ]);
    expect(
      kinds({ records: [aRecord('1')], lines: [aLine('1', { disposition: 'duplicate' })], receipts }),
    ).toEqual([]);
  });
});
