import type { WebhookAnswer, WebhookRequest } from '@tributary/channel-sdk';
import type { ApiAccepted, Problem } from '@tributary/contracts';
import { conversationOf } from './parse.js';
import { readCall } from './read-call.js';

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  404: 'Not found',
  415: 'Unsupported media type',
};

/** Accepted, or what is wrong with the call. */
export function answerCall(request: WebhookRequest): WebhookAnswer {
  const read = readCall(request);
  if (read.ok) {
    const { id, call } = read;
    const accepted: ApiAccepted =
      call.type === 'message' ? { id, conversation: conversationOf(call, id) } : { id };
    return json(202, 'application/json', accepted);
  }
  const { status, code, detail, faults = [] } = read;
  const problem: Problem = {
    ...{ type: 'about:blank', title: TITLES[status] ?? 'Refused', status, code, detail },
    ...(faults.length === 0 ? {} : { errors: faults.map((each) => ({ ...each, message: each.rule })) }),
  };
  return json(status, 'application/problem+json', problem);
}

function json(status: number, type: string, body: object): WebhookAnswer {
  const headers = { 'content-type': `${type}; charset=utf-8` };
  return { status, headers, body: JSON.stringify(body) };
}
