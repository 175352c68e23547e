import 'reflect-metadata';
import { join, resolve } from 'node:path';
import { createLogger, parseConfig, processEnvironment, systemClock } from '@tributary/runtime';
import { BridgeConfig } from './bridge.config.js';
import { Bridge } from './bridge.js';
import { WechatyAccount, type WechatyLibrary } from './wechaty-account.js';

/** Installed by whoever wants it, beside the desk: nothing here is built or tested with it. */
const LIBRARY = new URL('../../../optional/wechaty/library.mjs', import.meta.url);

const config = parseConfig(BridgeConfig, processEnvironment(), { ownPrefix: 'WECHATY_' });
const logger = createLogger('wechaty-bridge');
logger.warn('account_may_be_banned');
const { WechatyBuilder, FileBox } = (await import(LIBRARY.href)) as WechatyLibrary;
const folder = resolve(config.WECHATY_FOLDER);
const bot = WechatyBuilder.build({
  // The session is a file of this name: a restart needs no new scan while WeChat takes it.
  name: join(folder, 'session'),
  puppet: config.WECHATY_PUPPET,
  ...(config.WECHATY_PUPPET_TOKEN === '' ? {} : { puppetOptions: { token: config.WECHATY_PUPPET_TOKEN } }),
});
const account = new WechatyAccount(bot, (base64, name) => FileBox.fromBase64(base64, name));
const bridge = await Bridge.start(account, {
  deskUrl: config.WECHATY_DESK_URL,
  signingSecret: config.WECHATY_SIGNING_SECRET,
  ...{ host: config.WECHATY_HOST, port: config.WECHATY_PORT, folder },
  rooms: config.WECHATY_ROOMS === 'all',
  ...{ clock: systemClock, logger },
});
account.listen(
  (message) => bridge.receive(message),
  (error, id) => logger.error({ err: error, id }, 'message_unreadable'),
);
// To be scanned with the account's phone; good once, for a minute, so it goes to the screen and not into the log.
bot.on('scan', (qrcode) => process.stderr.write(`scan as a QR code: ${String(qrcode)}\n`));
bot.on('login', () => logger.info('logged_in'));
bot.on('logout', () => logger.warn('logged_out'));
bot.on('error', (error) => logger.error({ err: error }, 'account_failed'));
await bot.start();
logger.info({ address: bridge.address }, 'ready');

async function stop(): Promise<void> {
  await bot.stop();
  await bridge.stop();
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
