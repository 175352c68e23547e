import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { LogRecord } from '../event-log.js';

export function toRecord(topic: string, partition: number, message: KafkaMessage): LogRecord {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    key: message.key?.toString('utf8') ?? '',
    value: message.value ?? Buffer.alloc(0),
    headers: toHeaders(message.headers),
    appendedAt: new Date(Number(message.timestamp)),
  };
}

/** Kafka allows a header several times and bytes in it; ours are texts, and the first counts. */
function toHeaders(headers: IHeaders | undefined): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) texts[name] = first.toString();
  }
  return texts;
}
