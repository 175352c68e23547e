import { Controller, Get, Param, ParseUUIDPipe, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { UploadView } from '@tributary/contracts';
import { CurrentPerson, SessionGuard, type SignedInPerson } from '@tributary/directory';
import { ProblemError } from '@tributary/runtime';
import { readMultipart } from '@tributary/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { contentDisposition } from './file-name.js';
import { FileService } from './file.service.js';
import { MAIL_DOCUMENT_POLICY } from './mail-html.js';

@Controller('api')
@UseGuards(SessionGuard)
export class FileController {
  constructor(private readonly files: FileService) {}

  @Post('uploads')
  async upload(@CurrentPerson() person: SignedInPerson, @Req() request: FastifyRequest): Promise<UploadView> {
    const [file, ...more] = (await readMultipart(request)).files;
    if (!file || more.length > 0) throw new ProblemError(400, 'ONE_FILE', 'send exactly one file');
    return this.files.upload(person, file.name, file.contentType, file.content);
  }

  /** Never shown as a page of ours: a customer's SVG or HTML would run in the agent's session. */
  @Get('attachments/:id')
  async attachment(
    @CurrentPerson() person: SignedInPerson,
    @Param('id', ParseUUIDPipe) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const file = await this.files.attachment(person.workspaceId, id);
    await reply
      .headers({
        'content-type': file.contentType,
        'content-length': file.size,
        'content-disposition': contentDisposition(file.name),
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
        'cache-control': 'private, max-age=31536000, immutable',
      })
      .send(file.body);
  }

  @Get('messages/:id/html')
  async html(
    @CurrentPerson() person: SignedInPerson,
    @Param('id', ParseUUIDPipe) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await reply
      .headers({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': MAIL_DOCUMENT_POLICY,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'private, no-cache',
      })
      .send(await this.files.messageHtml(person.workspaceId, id));
  }

  /** The bytes as they came. */
  @Get('messages/:id/original')
  async original(
    @CurrentPerson() person: SignedInPerson,
    @Param('id', ParseUUIDPipe) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const file = await this.files.original(person.workspaceId, id);
    await reply
      .headers({
        'content-type': 'application/octet-stream',
        'content-length': file.size,
        'content-disposition': contentDisposition(file.name),
        'x-content-type-options': 'nosniff',
      })
      .send(file.body);
  }
}
