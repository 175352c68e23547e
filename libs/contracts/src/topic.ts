/** A topic: who writes it, who reads it, how it is keyed. One file a topic in `topics/`. */
export interface Topic<Types extends Record<string, object> = Record<string, object>> {
  readonly name: string;
  readonly description: string;
  /** What the partition key is made of. Records with one key keep their order. */
  readonly key: string;
  readonly producers: readonly string[];
  readonly consumers: readonly string[];
  readonly partitions: number;
  /** Days a record is kept after it was appended. */
  readonly retentionDays: number;
  /** Event type to the class of its payload, by schema version: `{ 'message.received': [MessageReceived] }`. */
  readonly types: { readonly [Type in keyof Types]: readonly PayloadClass<Types[Type]>[] };
}

export type PayloadClass<T extends object = object> = new () => T;

export function defineTopic<Types extends Record<string, object>>(topic: Topic<Types>): Topic<Types> {
  return topic;
}

/** The union of a topic's envelopes: narrows on `type`. */
export type RecordOf<T> =
  T extends Topic<infer Types>
    ? {
        [Type in keyof Types & string]: import('./envelope.js').Envelope<Type, Types[Type]>;
      }[keyof Types & string]
    : never;
