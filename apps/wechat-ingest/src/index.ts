export { WechatIngestModule } from './wechat-ingest.module.js';
