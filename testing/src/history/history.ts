/**
 * What a generator of messages knew, in the order in which it knew it: the words of Jepsen's histories. Each message
 * has an id, and a place `n` in its conversation.
 */
export type HistoryEntry =
  /** About to be sent, for the first time or again. */
  | { readonly kind: 'invoke'; readonly id: string; readonly conversation: string; readonly n: number }
  /** Accepted: from here on it must not be lost. */
  | { readonly kind: 'ok'; readonly id: string }
  /** Refused for what it is: it must never be stored. */
  | { readonly kind: 'fail'; readonly id: string; readonly why: string }
  /** No answer, or one that leaves open what happened; sent again, or stored once or not at all. */
  | { readonly kind: 'info'; readonly id: string; readonly why: string }
  /** Bytes that nobody can understand were put where they will be read: they are kept as they are. */
  | { readonly kind: 'poison'; readonly id: string; readonly sha256: string };

export interface StoredMessage {
  /** As the generator named it. */
  readonly id: string;
  readonly conversationId: string;
  readonly ticketId: string;
  /** Grows in a conversation with the order of its messages. */
  readonly position: number;
}

export interface StoredTicket {
  readonly id: string;
  readonly assigneeId: string | null;
  /** Types of its history, oldest first, without what agents wrote. */
  readonly events: readonly string[];
  /** Agents that the router's decisions gave it to, in order. */
  readonly assignedTo: readonly string[];
  /** The router has decided on it: given to somebody, or left to wait in a queue. */
  readonly routed: boolean;
  /** Who the router thinks has it. */
  readonly heldBy: string | null;
}

export interface AgentLoad {
  readonly agentId: string;
  /** Of 100. */
  readonly units: number;
}

/** What a consumer told of a batch as it worked, in a run in which consumers tell. */
export interface WorkNote {
  /** `applied`: the effects of the batch are durable. */
  readonly kind: 'begun' | 'applied';
  /** Group, topic and partition. */
  readonly place: string;
  /** Grows with each new owner of the place. */
  readonly epoch: number;
  /** The process. */
  readonly member: string;
  /** By one clock for all processes. */
  readonly at: number;
}

/** What stands in the database once all is quiet. */
export interface StoredState {
  /** Inbound ones, of any origin. */
  readonly messages: readonly StoredMessage[];
  readonly tickets: readonly StoredTicket[];
  readonly loads: readonly AgentLoad[];
  /** SHA-256 of the bytes of each record in quarantine. */
  readonly quarantined: readonly string[];
  /** In any order. */
  readonly work: readonly WorkNote[];
}
