/** THE list: one line a channel. Routes, settings forms, docs and contract tests are derived from it. */
export { email } from '@tributary/channel-email';
export { line } from '@tributary/channel-line';
export { instagram, messenger, whatsappCloud } from '@tributary/channel-meta';
export { telegram } from '@tributary/channel-telegram';
export { sms, whatsapp } from '@tributary/channel-twilio';
export { webForm } from '@tributary/channel-web-form';
export { wechatMini, wechatOa, wecomKf } from '@tributary/channel-wechat';
