import type { ChannelModule } from '@tributary/channel-sdk';
import { email } from '@tributary/channel-email';
import { sms, whatsapp } from '@tributary/channel-twilio';
import { webForm } from '@tributary/channel-web-form';

/** THE list: one line a channel. Routes, settings forms, docs and contract tests are derived from it. */
export const CHANNEL_MODULES: readonly ChannelModule[] = [webForm, email, sms, whatsapp];
