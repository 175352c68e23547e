import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Controller, Get, Res } from '@nestjs/common';
import { ProblemError } from '@tributary/runtime';
import type { FastifyReply } from 'fastify';
import { GatewayConfig } from '../gateway.config.js';

const NONCE = '__CSP_NONCE__';

/** The console is one page; its own router knows the paths below. */
const PAGES = ['', 'sign-in', 'tickets', 'tickets/*', 'settings', 'settings/*'];

@Controller()
export class ConsoleController {
  #page: string | undefined;

  constructor(private readonly config: GatewayConfig) {}

  /** Scripts and styles run by a nonce that each answer makes anew; everything else comes from here only. */
  @Get(PAGES)
  async page(@Res() reply: FastifyReply): Promise<void> {
    const nonce = randomBytes(16).toString('base64');
    await reply
      .headers({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'content-security-policy': consolePolicy(nonce),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
      })
      .send((await this.#html()).replaceAll(NONCE, nonce));
  }

  async #html(): Promise<string> {
    this.#page ??= await readFile(join(this.config.consoleFolder, 'index.html'), 'utf8').catch(() => {
      throw new ProblemError(503, 'CONSOLE_NOT_BUILT', 'run npm run build');
    });
    return this.#page;
  }
}

function consolePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "media-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}
