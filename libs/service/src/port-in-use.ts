import { createServer } from 'node:net';

export class PortInUseError extends Error {
  readonly code = 'PORT_IN_USE';
}

/**
 * Tells before anything is started, not after a minute of work.
 *
 * @param variable sets another port.
 * @throws PortInUseError that names the port and the variable.
 */
export async function refuseBusyPort(host: string, port: number, variable: string): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new PortInUseError(`port ${port} is in use: stop what listens there, or set ${variable}`)
          : error,
      ),
    );
    probe.listen(port, host, resolve);
  });
  await new Promise((resolve) => probe.close(resolve));
}
