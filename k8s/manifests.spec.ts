import { describe, expect, it } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

const base = new URL('base/', import.meta.url);
const SERVICES = ['gateway', 'email-ingest', 'voice-ingest', 'wechat-ingest', 'tickets', 'router'];
/** Seconds in which a service has stopped after SIGTERM. */
const DRAIN = 20;

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}
interface Container {
  readonly image: string;
  readonly command: string[];
  readonly ports?: { readonly name: string; readonly containerPort: number }[];
  readonly envFrom?: { readonly configMapRef: { readonly name: string } }[];
  readonly env: {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { secretKeyRef: object };
  }[];
  readonly securityContext: object;
  readonly resources: object;
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly lifecycle: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
}
interface Pod {
  readonly terminationGracePeriodSeconds: number;
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: object;
  readonly containers: [Container];
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data: Record<string, string>;
  readonly spec: {
    readonly replicas: number;
    readonly selector: { readonly matchLabels: object };
    readonly template: { readonly metadata: { readonly labels: object }; readonly spec: Pod };
  };
}

function parse(file: string): Manifest[] {
  return parseAllDocuments(readFileSync(new URL(file, base), 'utf8'), { uniqueKeys: true }).map(
    (document) => {
      expect(document.errors).toEqual([]);
      return document.toJS() as Manifest;
    },
  );
}

const kustomization = parse('kustomization.yaml')[0] as unknown as { resources: string[] };
const manifests = kustomization.resources.flatMap(parse);
const find = (kind: string, name: string): Manifest => {
  const found = manifests.filter((each) => each.kind === kind && each.metadata.name === name);
  expect(found).toHaveLength(1);
  return found[0]!;
};

describe('the Kustomize base', () => {
  it('lists every file of its folder', () => {
    const files = readdirSync(base).filter((file) => file !== 'kustomization.yaml');
    expect([...kustomization.resources].sort()).toEqual(files.sort());
  });

  it('holds no secret', () => {
    expect(manifests.map(({ kind }) => kind)).not.toContain('Secret');
    const literal = manifests
      .flatMap(({ spec }) => spec?.template?.spec.containers ?? [])
      .flatMap(({ env }) => env)
      .filter(({ value }) => value !== undefined);
    expect(literal).toEqual([]);
  });

  it('tells services the names that other services have', () => {
    const { data } = find('ConfigMap', 'tributary-config');
    expect(data.TICKETS_URL).toBe('http://tickets:8080');
    expect(data.ROUTER_URL).toBe('http://router:8080');
    expect(data.PORT).toBe('8080');
  });
});

describe.each(SERVICES)('%s', (name) => {
  const { spec } = find('Deployment', name);
  const pod = spec.template.spec;
  const container = pod.containers[0];

  it('runs twice, and keeps one while nodes are drained', () => {
    expect(spec.replicas).toBe(2);
    expect(find('PodDisruptionBudget', name).spec).toMatchObject({
      minAvailable: 1,
      selector: spec.selector,
    });
  });

  it('is found by its service', () => {
    expect(spec.template.metadata.labels).toEqual(spec.selector.matchLabels);
    expect(find('Service', name).spec).toMatchObject({
      selector: spec.selector.matchLabels,
      ports: expect.arrayContaining([{ name: 'http', port: 8080, targetPort: 'http' }]),
    });
    expect(container.ports).toContainEqual({ name: 'http', containerPort: 8080 });
  });

  it('starts its own app from the one image', () => {
    expect(container).toMatchObject({ image: 'tributary', command: ['node', `apps/${name}/dist/main.js`] });
  });

  it.each([
    ['startupProbe', '/health/live'],
    ['livenessProbe', '/health/live'],
    ['readinessProbe', '/health/ready'],
  ] as const)('has a %s on %s', (probe, path) => {
    expect(container[probe].httpGet).toEqual({ path, port: 'http' });
  });

  it('has a minute more than it needs to drain', () => {
    const needed = container.lifecycle.preStop.sleep.seconds + DRAIN;
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(needed + 60);
  });

  it('gets its config and its own secrets by reference', () => {
    const secret = (key: string): object => ({ secretKeyRef: { name: 'tributary-secrets', key } });
    expect(container.envFrom).toEqual([{ configMapRef: { name: 'tributary-config' } }]);
    expect(container.env).toEqual([
      { name: 'DATABASE_URL', valueFrom: secret(`database-url-${name}`) },
      { name: 'TRIBUTARY_MASTER_KEY', valueFrom: secret('master-key') },
    ]);
  });
});

describe('email-ingest', () => {
  it('takes mail on its SMTP port, at every address of its pod', () => {
    const [container] = find('Deployment', 'email-ingest').spec.template.spec.containers;
    expect(container.ports).toContainEqual({ name: 'smtp', containerPort: 2525 });
    expect(find('ConfigMap', 'tributary-config').data.SMTP_HOST).toBe('0.0.0.0');
    expect(find('Service', 'email-ingest').spec).toMatchObject({
      ports: expect.arrayContaining([{ name: 'smtp', port: 2525, targetPort: 'smtp' }]),
    });
  });
});

describe('the migration step', () => {
  const [container] = find('Job', 'migrate').spec.template.spec.containers;

  it('is the one that start:services runs, and stays in the image', () => {
    expect(container.command).toEqual(['node', 'apps/standalone/dist/migrate.js']);
    expect(readFileSync(new URL('Dockerfile', import.meta.url), 'utf8')).toContain(
      '@tributary/app-standalone',
    );
  });

  it('makes the topics where the services look for them, and owns the database', () => {
    expect(container.envFrom).toEqual([{ configMapRef: { name: 'tributary-config' } }]);
    const secretKeyRef = { name: 'tributary-secrets', key: 'database-url-migrate' };
    expect(container.env).toEqual([{ name: 'DATABASE_URL', valueFrom: { secretKeyRef } }]);
  });
});

describe.each([...SERVICES.map((name) => ['Deployment', name]), ['Job', 'migrate']])(
  '%s %s',
  (kind, name) => {
    const pod = find(kind!, name!).spec.template.spec;

    it('passes the restricted Pod Security Standard', () => {
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(pod.containers[0].securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      });
    });

    it('writes nowhere but into its volumes and knows no token of the cluster', () => {
      expect(pod.containers[0].securityContext).toMatchObject({ readOnlyRootFilesystem: true });
      expect(pod.automountServiceAccountToken).toBe(false);
    });

    it('says what it needs and how much memory it may take', () => {
      expect(pod.containers[0].resources).toMatchObject({
        requests: { cpu: expect.any(String), memory: expect.any(String) },
        limits: { memory: expect.any(String) },
      });
    });
  },
);

describe('the image', () => {
  const lines = readFileSync(new URL('Dockerfile', import.meta.url), 'utf8').split('\n');
  const stages = lines.filter((line) => line.startsWith('FROM '));

  it('is built in one stage and run in another, both on Node 24', () => {
    expect(stages).toEqual(['FROM node:24-slim AS build', 'FROM node:24-slim']);
  });

  it('runs as an account that is not root', () => {
    expect(lines.slice(lines.lastIndexOf('FROM node:24-slim'))).toContain('USER 1000:1000');
  });
});
