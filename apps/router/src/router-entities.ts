import { PolicyEntity } from './policy/policy.entity.js';
import { QueueEntity } from './queues/queue.entity.js';

/** What the router's data source must know. */
export const ROUTER_ENTITIES = [QueueEntity, PolicyEntity];
