export { FileBox } from 'file-box';
export { WechatyBuilder } from 'wechaty';
