export { mock, PuppetMock } from 'wechaty-puppet-mock';
