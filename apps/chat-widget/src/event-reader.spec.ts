import { describe, expect, it } from '@jest/globals';
import { EventParser } from './event-reader.js';

const STREAM =
  'retry: 1000\n\n:\n\nid: 41\nevent: message\ndata: {"text":"line\\n\\nbreak 你好"}\n\nevent: state\ndata: {"ahead":0}\n\n:\n\n';
const EVENTS = [
  { id: '41', event: 'message', data: '{"text":"line\\n\\nbreak 你好"}' },
  { id: undefined, event: 'state', data: '{"ahead":0}' },
];

describe('a stream of events', () => {
  it('gives the same events in whatever pieces it comes', () => {
    for (let size = 1; size <= STREAM.length; size++) {
      const parser = new EventParser();
      const events = [];
      for (let at = 0; at < STREAM.length; at += size)
        events.push(...parser.take(STREAM.slice(at, at + size)));
      expect(events).toEqual(EVENTS);
    }
  });

  it('gives nothing of an event whose end has not come', () => {
    const parser = new EventParser();
    expect(parser.take('id: 42\nevent: message\ndata: {"text":"half')).toEqual([]);
    expect(parser.take('"}\n\n')).toEqual([{ id: '42', event: 'message', data: '{"text":"half"}' }]);
  });
});
