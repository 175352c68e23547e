/** Writes docs/reference/openapi.json from the controllers; `--print` prints it and each service's part. After a build. */
import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { publicApi } from '../dist/public-api.js';

const services = ['gateway', 'email-ingest', 'tickets', 'router'];
const whole = await publicApi(services);
if (process.argv.includes('--print')) {
  const alone = Object.fromEntries(
    await Promise.all(services.map(async (name) => [name, await publicApi([name])])),
  );
  process.stdout.write(JSON.stringify({ whole, alone }));
} else {
  const file = new URL('../../../docs/reference/openapi.json', import.meta.url);
  writeFileSync(file, `${JSON.stringify(whole, null, 2)}\n`);
}
