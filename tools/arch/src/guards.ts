import * as channels from './channel-guards.js';
import * as cycles from './cycle-guards.js';
import * as hygiene from './hygiene-guards.js';
import * as imports from './import-guards.js';
import * as shape from './shape-guards.js';
import type { Guard } from './source-tree.js';

/** Every guard by the name of its folder in canaries/. */
export const BOUNDARIES: Readonly<Record<string, Guard>> = {
  'allowed-layers': imports.allowedLayers,
  'channels-out-of-reach': imports.channelsOutOfReach,
  'declared-imports': imports.declaredImports,
  'no-deep-imports': imports.noDeepImports,
  'no-relative-across': imports.noRelativeAcross,
  'no-test-code-in-product': imports.noTestCodeInProduct,
  'kafka-in-one-place': imports.kafkaInOnePlace,
  'setup-needs-nothing': imports.setupNeedsNothing,
  'no-package-cycles': cycles.noPackageCycles,
  'no-file-cycles': cycles.noFileCycles,
  'pure-channels': channels.pureChannels,
};

export const SHAPE: Readonly<Record<string, Guard>> = {
  'channel-shape': channels.channelShape,
  'registry-names-folders': channels.registryNamesFolders,
  'one-index': shape.oneIndex,
  'file-names': shape.fileNames,
  'names-that-say': shape.namesThatSay,
  'file-length': shape.fileLength,
  'no-default-exports': shape.noDefaultExports,
  'environment-in-one-place': shape.environmentInOnePlace,
  'no-enums': shape.noEnums,
  'no-interface-prefix': shape.noInterfacePrefix,
  'no-synchronize': shape.noSynchronize,
};

export const HYGIENE: Readonly<Record<string, Guard>> = {
  'lock-names-no-host': hygiene.lockNamesNoHost,
  'no-machine-paths': hygiene.noMachinePaths,
  'outside-named-once': hygiene.outsideNamedOnce,
  licensed: hygiene.licensed,
  'exact-versions': hygiene.exactVersions,
};
