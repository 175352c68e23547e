/** What a suite's rounds accepted, and what is stored of it: a bench that loses or doubles is an error. */
export class Tally {
  #accepted = 0;
  #refused = 0;
  #messages = 0;
  #distinct = 0;

  add(
    posted: { readonly accepted: number; readonly refused: number },
    stored: { readonly messages: number; readonly distinct: number },
  ): void {
    this.#accepted += posted.accepted;
    this.#refused += posted.refused;
    this.#messages += stored.messages;
    this.#distinct += stored.distinct;
  }

  get findings(): { readonly refused: number; readonly lost: number; readonly doubled: number } {
    return {
      refused: this.#refused,
      lost: this.#accepted - this.#distinct,
      doubled: this.#messages - this.#distinct,
    };
  }
}
