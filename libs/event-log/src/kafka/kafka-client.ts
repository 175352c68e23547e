import type { Logger } from '@tributary/runtime';
import { Kafka, logLevel } from 'kafkajs';

export interface KafkaConnection {
  /** `host:port`, one or more; the rest of the cluster is found from there. */
  readonly brokers: readonly string[];
  /** Names this process in the brokers' logs and quotas. */
  readonly clientId: string;
}

/**
 * Retries inside the client before an error reaches us: about 20 s in all, longer than Kafka takes to give a dead
 * broker's partitions new leaders (`broker.session.timeout.ms`, 9 s).
 */
export const RETRY = { initialRetryTime: 100, multiplier: 2, factor: 0.2, maxRetryTime: 2000, retries: 14 };

export function createKafka({ brokers, clientId }: KafkaConnection, logger: Logger): Kafka {
  return new Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: 5000,
    requestTimeout: 30_000,
    retry: RETRY,
    logLevel: logLevel.INFO,
    // What the client gets over by itself it logs as an error all the same. What it cannot get over reaches us as a
    // rejection or a crash, and is logged where it is handled.
    logCreator:
      () =>
      ({ namespace, label, log: { message, ...fields } }) =>
        logger.debug({ ...fields, kafkajs: namespace, kafkajsLevel: label }, message),
  });
}
