import { describe, expect, it } from '@jest/globals';
import { TestGateway } from '../testing/a-gateway.js';

describe('the form while the log is away', () => {
  it('answers that it was not accepted, and when to try again', async () => {
    const gateway = await TestGateway.open();
    const inboxId = await (await gateway.workspace()).form();
    await gateway.log.close();
    const answer = await gateway.ask('POST', `/f/${inboxId}/messages`, {
      ...{ body: { email: 'a@b.example', text: 'Hello' }, headers: { 'content-type': 'application/json' } },
    });
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '2' },
      body: { code: 'NOT_ACCEPTED' },
    });
    await gateway.end();
  });
});
