import { Controller, Get, Inject } from '@nestjs/common';
import { Health, type HealthReport, ProblemError } from '@tributary/runtime';

/** What Kubernetes asks: live = the process answers; ready = what it depends on answers too. */
@Controller('health')
export class HealthController {
  constructor(@Inject(Health) private readonly health: Health) {}

  @Get('live')
  live(): { readonly ok: true } {
    return { ok: true };
  }

  @Get('ready')
  async ready(): Promise<HealthReport> {
    const report = await this.health.ready();
    if (!report.ok)
      throw new ProblemError(503, 'NOT_READY', JSON.stringify(report.checks), undefined, {
        'retry-after': '1',
      });
    return report;
  }
}
