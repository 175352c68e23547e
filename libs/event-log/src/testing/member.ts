import { text } from 'node:stream/consumers';
import { type LogAddress, openLog } from './under-test.js';

/** What `groupContract` writes to this process. */
interface Orders {
  readonly address: LogAddress;
  readonly topic: string;
  readonly group: string;
  readonly mode: 'commit' | 'hang';
}

const { address, topic, group, mode } = JSON.parse(await text(process.stdin)) as Orders;

await openLog(address).subscribe({
  group,
  topic,
  handler: async ({ records }) => {
    for (const { partition, offset } of records) process.stdout.write(`${partition}/${offset}\n`);
    if (mode === 'hang') await new Promise(() => undefined);
    return records.map(() => ({ kind: 'done' as const }));
  },
  onFailure: (error) => {
    throw error;
  },
});
