import { apiStage } from './api-stage.js';
import type { Stage } from './channel-play.js';
import { chatStage } from './chat-stage.js';
import { lineStage } from './line-stage.js';
import { metaStage } from './meta-stage.js';
import { ownStage } from './own-stage.js';
import { telegramStage } from './telegram-stage.js';
import { twilioStage } from './twilio-stage.js';
import { wechatStage } from './wechat-stage.js';
import { wechatyStage } from './wechaty-stage.js';
import { wecomStage } from './wecom-stage.js';

/** Everything that the demo can play; a channel without a play fails it. */
export const STAGES: readonly (() => Promise<Stage>)[] = [
  ownStage,
  chatStage,
  apiStage,
  twilioStage,
  metaStage,
  telegramStage,
  lineStage,
  wechatStage,
  wecomStage,
  wechatyStage,
];
