import type { ChannelInbox } from './manifest.js';
import type { ChannelPorts } from './ports.js';

/** What is told of work that waits, to one of the company's own people. */
export interface ColleagueNotice {
  /** Their id at the provider. */
  readonly to: string;
  /** One line. What is longer than the provider takes is cut, of the text as well. */
  readonly title: string;
  readonly text: string;
  /** Where it leads, absolute. */
  readonly url: string;
}

/** Of channels whose provider can also tell the company's own people of something. */
export interface Colleagues {
  /** The setting, no secret, that names whom it comes from: where it is empty nobody is told. */
  readonly setting: string;
  /**
   * Told again within half an hour, the same words to the same person are shown once.
   *
   * @throws ChannelError `rejected_permanently` when the provider reaches nobody under this id.
   */
  tell(notice: ColleagueNotice, inbox: ChannelInbox, ports: ChannelPorts, signal: AbortSignal): Promise<void>;
}
