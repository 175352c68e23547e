import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Inject,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import type { PersonRole } from '@tributary/contracts';
import { ProblemError } from '@tributary/runtime';
import { SESSION_COOKIE, SessionService, type SignedInPerson } from './session.service.js';

const ROLE = 'tributary:role';
const RANK: Readonly<Record<PersonRole, number>> = { agent: 0, lead: 1, admin: 2 };
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

interface GuardedRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  person?: SignedInPerson;
}

/** Only people of this role or above may call it. */
export const RequireRole = (role: PersonRole) => SetMetadata(ROLE, role);

/** The signed-in person, for a handler behind `SessionGuard`. */
export const CurrentPerson = createParamDecorator((_: unknown, context: ExecutionContext): SignedInPerson => {
  const { person } = context.switchToHttp().getRequest<GuardedRequest>();
  if (!person) throw new Error('CurrentPerson stands behind SessionGuard');
  return person;
});

/** Lets a request in that carries a session, from our own pages, with the role that the handler asks for. */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(@Inject(SessionService) private readonly sessions: SessionService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    refuseForeignOrigin(request);
    const token = sessionToken(request.headers.cookie);
    const person = token === undefined ? undefined : await this.sessions.find(token);
    if (!person) throw new ProblemError(401, 'NOT_SIGNED_IN');
    const needed = roleOf(context);
    if (needed && RANK[person.role] < RANK[needed]) throw new ProblemError(403, 'ROLE_MISSING', needed);
    request.person = person;
    return true;
  }
}

function roleOf(context: ExecutionContext): PersonRole | undefined {
  const of = (target: object) => Reflect.getMetadata(ROLE, target) as PersonRole | undefined;
  return of(context.getHandler()) ?? of(context.getClass());
}

/**
 * The cookie is sent along by any page of the same site; browsers name the page in Origin on every unsafe request,
 * so one from elsewhere is refused (OWASP, cross-site request forgery: verifying origin).
 */
export function refuseForeignOrigin(request: Pick<GuardedRequest, 'method' | 'headers'>): void {
  if (SAFE_METHODS.has(request.method)) return;
  const { origin, host } = request.headers;
  if (typeof origin !== 'string') return;
  const from = URL.canParse(origin) ? new URL(origin).host : undefined;
  if (from !== host) throw new ProblemError(403, 'FOREIGN_ORIGIN');
}

/** The session cookie's value in a Cookie header (RFC 6265, section 4.2). */
export function sessionToken(cookie: string | string[] | undefined): string | undefined {
  if (typeof cookie !== 'string') return undefined;
  for (const pair of cookie.split(';')) {
    const [name, value] = pair.trim().split('=');
    if (name === SESSION_COOKIE && value) return value;
  }
  return undefined;
}
