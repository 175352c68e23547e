import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ShopPageSettings {
  /** Where the chat's script comes from. */
  readonly deskUrl: string;
  readonly inboxId: string;
  /** Attributes of the script tag beside the inbox, by the query of the page's address. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A site of somebody else, as strict as sites get: scripts and connections of the desk's origin, and nothing else. */
export class ShopPage {
  private constructor(
    private readonly server: Server,
    readonly origin: string,
  ) {}

  /** @param settings asked for with each page, as a test may learn late what they are. */
  static async open(settings: () => ShopPageSettings): Promise<ShopPage> {
    const server = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
      const { deskUrl, inboxId, attributes = {} } = settings();
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.setHeader(
        'content-security-policy',
        `default-src 'none'; script-src ${deskUrl}; connect-src ${deskUrl}; base-uri 'none'; form-action 'none'; ` +
          `require-trusted-types-for 'script'`,
      );
      const all = { ...attributes, ...Object.fromEntries(searchParams) };
      const more = Object.entries(all).map(([name, value]) => ` data-${name}="${value}"`);
      const language = searchParams.get('language') ?? 'en';
      response.end(
        `<!doctype html><html lang="${language}"><title>A shop</title><h1>A shop</h1><a href="#x">A link of the shop</a>` +
          `<script src="${deskUrl}/chat.js" data-inbox="${inboxId}"${more.join('')} async></script></html>`,
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ShopPage(server, `http://localhost:${(server.address() as AddressInfo).port}`);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
