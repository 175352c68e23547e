import { logContract } from '@tributary/event-log/testing';
import { startKafka } from './kafka.js';

logContract('the log on Apache Kafka', async () => {
  const kafka = await startKafka();
  return {
    address: { driver: 'kafka', brokers: kafka.brokers, clientId: 'log-contract', sessionTimeoutMs: 6000 },
    stop: () => kafka.stop(),
  };
});
