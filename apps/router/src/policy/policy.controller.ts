import { Body, Controller, Get, HttpCode, Inject, Post, Put, UseGuards } from '@nestjs/common';
import type { DryRunView, RoutingPolicyView } from '@tributary/contracts';
import { CurrentPerson, RequireRole, SessionGuard, type SignedInPerson } from '@tributary/directory';
import { DryRunDto, PolicyRequestDto } from './policy.dto.js';
import { PolicyService } from './policy.service.js';

@Controller('api/routing/policy')
@UseGuards(SessionGuard)
export class PolicyController {
  constructor(@Inject(PolicyService) private readonly policies: PolicyService) {}

  @Get()
  read(@CurrentPerson() person: SignedInPerson): Promise<RoutingPolicyView> {
    return this.policies.read(person.workspaceId);
  }

  @Put()
  @RequireRole('admin')
  save(@CurrentPerson() person: SignedInPerson, @Body() body: PolicyRequestDto): Promise<RoutingPolicyView> {
    return this.policies.save(person.workspaceId, body, person.id);
  }

  @Post('dry-run')
  @HttpCode(200)
  @RequireRole('admin')
  dryRun(@CurrentPerson() person: SignedInPerson, @Body() body: DryRunDto): Promise<DryRunView> {
    return this.policies.dryRun(person.workspaceId, body);
  }
}
