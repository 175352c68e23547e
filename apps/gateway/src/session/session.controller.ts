import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import type { Locale, PreferencesRequest, SessionView } from '@tributary/contracts';
import { inWorkspace } from '@tributary/database';
import {
  CurrentPerson,
  PersonEntity,
  refuseForeignOrigin,
  SESSION_COOKIE,
  SESSION_SECONDS,
  SessionGuard,
  SessionService,
  sessionToken,
  type SignedInPerson,
} from '@tributary/directory';
import { ProblemError } from '@tributary/runtime';
import { IsOptionalField } from '@tributary/service';
import { IsIn, IsString, IsTimeZone, MaxLength } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { AttemptLimit } from './attempt-limit.js';
import { GatewayConfig } from '../gateway.config.js';

class SignInDto {
  @IsOptionalField()
  @IsString()
  @MaxLength(200)
  linkToken?: string;

  @IsOptionalField()
  @IsString()
  @MaxLength(320)
  email?: string;

  @IsOptionalField()
  @IsString()
  @MaxLength(500)
  password?: string;
}

class PreferencesDto implements PreferencesRequest {
  @IsOptionalField()
  @IsIn(['en', 'zh-CN'])
  locale?: Locale;

  @IsOptionalField()
  @IsTimeZone()
  timeZone?: string;
}

@Controller('api/session')
export class SessionController {
  constructor(
    private readonly sessions: SessionService,
    private readonly dataSource: DataSource,
    private readonly config: GatewayConfig,
    private readonly attempts: AttemptLimit,
  ) {}

  @Post()
  @ApiSecurity({})
  async signIn(
    @Body() body: SignInDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView> {
    refuseForeignOrigin(request);
    const session = await this.#open(body, request.ip);
    const person = await this.sessions.find(session.token);
    if (!person) throw new ProblemError(401, 'SIGN_IN_REFUSED');
    reply.header('set-cookie', this.#cookie(session.token, SESSION_SECONDS));
    return this.#view(person);
  }

  @Get()
  @UseGuards(SessionGuard)
  current(@CurrentPerson() person: SignedInPerson): Promise<SessionView> {
    return this.#view(person);
  }

  @Delete()
  @ApiSecurity({})
  @HttpCode(204)
  async signOut(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    refuseForeignOrigin(request);
    const token = sessionToken(request.headers.cookie);
    if (token) await this.sessions.signOut(token);
    reply.header('set-cookie', this.#cookie('', 0));
  }

  @Patch('preferences')
  @UseGuards(SessionGuard)
  async preferences(
    @CurrentPerson() person: SignedInPerson,
    @Body() body: PreferencesDto,
  ): Promise<SessionView> {
    if (body.locale !== undefined || body.timeZone !== undefined) {
      await inWorkspace(this.dataSource, person.workspaceId, (manager) =>
        manager.update(PersonEntity, { id: person.id }, { ...body }),
      );
    }
    return this.#view({ ...person, ...body });
  }

  async #open(body: SignInDto, address: string) {
    if (body.linkToken) {
      const session = await this.sessions.signInByLink(body.linkToken);
      if (!session)
        throw new ProblemError(401, 'LINK_EXPIRED', 'the link was used or is too old; ask for a new one');
      return session;
    }
    if (!body.email || !body.password) {
      throw new ProblemError(400, 'SIGN_IN_INCOMPLETE', 'send linkToken, or email and password');
    }
    this.attempts.take(address, body.email);
    const session = await this.sessions.signInByPassword(body.email, body.password);
    if (!session) throw new ProblemError(401, 'SIGN_IN_REFUSED', 'address or password is wrong');
    return session;
  }

  async #view(person: SignedInPerson): Promise<SessionView> {
    const rows: { id: string; name: string }[] = await this.dataSource.query(
      `SELECT id, name FROM directory.workspace WHERE id = $1`,
      [person.workspaceId],
    );
    const { id, name, email, role, locale, timeZone } = person;
    return { person: { id, name, email, role, locale, timeZone }, workspace: rows[0]! };
  }

  #cookie(value: string, maxAge: number): string {
    const secure = this.config.TRIBUTARY_PUBLIC_URL.startsWith('https:') ? '; Secure' : '';
    return `${SESSION_COOKIE}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAge}${secure}`;
  }
}
