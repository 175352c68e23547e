/** Starts the run's PostgreSQL servers. Jest does not transform this file's imports, so it needs the built package. */
export default async function setUp() {
  const { startTestServers } = await import('@tributary/database/testing').catch(() => {
    throw new Error('build first: npm run build');
  });
  globalThis.stopTributaryTestServers = await startTestServers();
}
