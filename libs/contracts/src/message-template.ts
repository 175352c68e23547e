/** A text that an inbox's provider approved beforehand, so that it may be sent outside of a window. */
export interface MessageTemplate {
  /** The provider's id; unique in the inbox. */
  readonly id: string;
  readonly name: string;
  /** As the provider writes it: `en`, `en_US`. */
  readonly language: string;
  /** What the customer reads, with `{{name}}` where a variable stands. */
  readonly text: string;
  /** In the order of the text; each stands in it at least once. */
  readonly variables: readonly { readonly name: string; readonly example: string | null }[];
}

/** `GET /api/inboxes/:id/templates`: what the provider has approved, by name. */
export interface TemplatesView {
  readonly templates: readonly MessageTemplate[];
  /** Why the provider could not be asked; then these are the ones known before. Null when it was. */
  readonly fault: string | null;
}
