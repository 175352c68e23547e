import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  ParseUUIDPipe,
  Patch,
  Post,
  UseGuards,
} from '@nestjs/common';
import type { PersonView, SignInLinkView, SkillView, TeamView } from '@tributary/contracts';
import {
  CurrentPerson,
  RequireRole,
  SessionGuard,
  SessionService,
  type SignedInPerson,
} from '@tributary/directory';
import { ProblemError } from '@tributary/runtime';
import { GatewayConfig } from '../gateway.config.js';
import { NameDto, PersonDto, PersonPatchDto } from './people.dto.js';
import { PeopleService } from './people.service.js';

@Controller('api')
@UseGuards(SessionGuard)
export class PeopleController {
  constructor(
    private readonly service: PeopleService,
    private readonly sessions: SessionService,
    private readonly config: GatewayConfig,
  ) {}

  @Get('people')
  people(@CurrentPerson() { workspaceId }: SignedInPerson): Promise<readonly PersonView[]> {
    return this.service.people(workspaceId);
  }

  @Post('people')
  @RequireRole('admin')
  createPerson(
    @CurrentPerson() { workspaceId }: SignedInPerson,
    @Body() body: PersonDto,
  ): Promise<PersonView> {
    return this.service.createPerson(workspaceId, body);
  }

  @Patch('people/:id')
  @RequireRole('admin')
  updatePerson(
    @CurrentPerson() { workspaceId }: SignedInPerson,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: PersonPatchDto,
  ): Promise<PersonView> {
    return this.service.updatePerson(workspaceId, id, body);
  }

  @Post('people/:id/sign-in-link')
  @RequireRole('admin')
  async signInLink(
    @CurrentPerson() { workspaceId }: SignedInPerson,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<SignInLinkView> {
    const person = (await this.service.people(workspaceId)).find((each) => each.id === id);
    if (!person?.active) throw new ProblemError(404, 'PERSON_NOT_FOUND');
    const { token, expiresAt } = await this.sessions.createLink(workspaceId, id);
    return {
      url: `${this.config.TRIBUTARY_PUBLIC_URL}/sign-in?token=${token}`,
      expiresAt: expiresAt.toISOString(),
    };
  }

  @Get('teams')
  teams(@CurrentPerson() { workspaceId }: SignedInPerson): Promise<readonly TeamView[]> {
    return this.service.teams(workspaceId);
  }

  @Post('teams')
  @RequireRole('admin')
  createTeam(@CurrentPerson() { workspaceId }: SignedInPerson, @Body() { name }: NameDto): Promise<TeamView> {
    return this.service.createTeam(workspaceId, name);
  }

  @Get('skills')
  skills(@CurrentPerson() { workspaceId }: SignedInPerson): Promise<readonly SkillView[]> {
    return this.service.skills(workspaceId);
  }

  @Post('skills')
  @RequireRole('admin')
  createSkill(
    @CurrentPerson() { workspaceId }: SignedInPerson,
    @Body() { name }: NameDto,
  ): Promise<SkillView> {
    return this.service.createSkill(workspaceId, name);
  }

  @Patch('skills/:id')
  @RequireRole('admin')
  renameSkill(
    @CurrentPerson() { workspaceId }: SignedInPerson,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { name }: NameDto,
  ): Promise<SkillView> {
    return this.service.renameSkill(workspaceId, id, name);
  }

  @Delete('skills/:id')
  @RequireRole('admin')
  @HttpCode(204)
  async deleteSkill(
    @CurrentPerson() { workspaceId }: SignedInPerson,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<void> {
    await this.service.deleteSkill(workspaceId, id);
  }
}
