/** Drill: the chart, by a real Helm and against the schemas of Kubernetes; its pods against settings and probes that there are. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import openapi from '../../api/openapi.json' with { type: 'json' };
import { loadConfig } from '../../config/config.ts';
import { VERSION } from '../../config/installation.ts';
import { loadCatalog } from '../../datasets/catalog.ts';
import { runCommand } from '../../scripts/start/machine/run-command.ts';
import { serveHealth } from '../../workers/health-server.ts';
import {
  CHART,
  type Container,
  containersOf,
  helm,
  rendered,
  resourcesOf,
  VALUES_FILES,
  withBroken,
} from '../support/kubernetes/chart.ts';
import { kubernetesProgram } from '../support/kubernetes/programs.ts';
import { KUBERNETES_VERSIONS, writeSchemas } from '../support/kubernetes/schemas.ts';
import { isSetting } from '../support/kubernetes/settings-of-chart.ts';

const BUILD_LIMIT_MS = 900_000;
const [OLDEST = '', NEWEST = ''] = KUBERNETES_VERSIONS;
const LARGE = VALUES_FILES.filter((path) => path.endsWith('large-values.yaml'));
const WAYS = [[], ...VALUES_FILES.map((path) => [path])];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-helm-'));
  await kubernetesProgram('helm');
  await kubernetesProgram('kubeconform');
  for (const version of KUBERNETES_VERSIONS) await writeSchemas(version, join(folder, version));
}, BUILD_LIMIT_MS);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The resources that kubeconform finds valid. @throws Error with what is wrong with the others. */
async function conforming(manifest: string, version: string): Promise<number> {
  const file = join(folder, 'manifest.yaml');
  await writeFile(file, manifest);
  const location = `${join(folder, version)}/{{ .ResourceKind }}{{ .KindSuffix }}.json`;
  const args = ['-strict', '-summary', '-schema-location', location, file];
  const output = await runCommand([await kubernetesProgram('kubeconform'), ...args]);
  return Number(/Valid: (\d+), Invalid: 0, Errors: 0, Skipped: 0/.exec(output)?.[1]);
}

async function valuesOf(text: string): Promise<string[]> {
  const file = join(folder, 'values.yaml');
  await writeFile(file, text);
  return [file];
}

test('lint finds nothing, and finds a break', async () => {
  for (const values of WAYS)
    expect(await helm('lint', '--strict', CHART, ...values.flatMap((path) => ['--values', path]))).toContain(
      '0 chart(s) failed',
    );
  const unnamed = (text: string) => text.replace('tidemark.image"', 'tidemark.picture"');
  await withBroken('templates/_helpers.tpl', unnamed, (chart) =>
    expect(helm('lint', '--strict', chart)).rejects.toThrow('tidemark.image'),
  );
});

test('what is rendered is what Kubernetes takes, and a misnamed field is not', async () => {
  for (const version of KUBERNETES_VERSIONS) {
    const counts = [];
    for (const values of WAYS) {
      const manifest = await rendered(CHART, version, values);
      counts.push(await conforming(manifest, version));
      expect(counts.at(-1)).toBe(resourcesOf(manifest).length);
    }
    // Defaults; everything; one of each.
    expect(counts).toEqual([9, 15, 5]);
  }
  const misnamed = (text: string) => text.replace('readinessProbe:', 'readinesProbe:');
  await withBroken('templates/worker-deployment.yaml', misnamed, async (chart) =>
    expect(conforming(await rendered(chart, NEWEST), NEWEST)).rejects.toThrow('readinesProbe'),
  );
  const mistyped = (text: string) => text.replace('interval: {{', 'intervall: {{');
  await withBroken('templates/monitors.yaml', mistyped, async (chart) =>
    expect(conforming(await rendered(chart, NEWEST, LARGE), NEWEST)).rejects.toThrow('intervall'),
  );
  await expect(rendered(CHART, '1.29.0')).rejects.toThrow('requires kubeVersion: >=1.30.0-0');
});

test.each([
  ['settings: { API_REQUESTS_PER_MINUTES: "10" }', /settings.*'API_REQUESTS_PER_MINUTES' not allowed/],
  ['settings: { API_REQUESTS_PER_MINUTE: 4 }', /settings\/API_REQUESTS_PER_MINUTE.*got number, want string/],
  ['settings: { TEMPORAL_API_KEY: abc }', /settings.*'TEMPORAL_API_KEY' not allowed/],
  ['settings: { DATABASE_URL: "postgres://a:b@c/d" }', /settings.*'DATABASE_URL' not allowed/],
  ['secretSettings: { ENTSOE_TOKEN: abc }', /secretSettings\/ENTSOE_TOKEN.*got string, want object/],
  ['secretSettings: { ENTSOE_TOKEN: { existingSecret: a } }', /ENTSOE_TOKEN.*missing property 'key'/],
  ['database: { existingSecret: "" }', /database\/existingSecret.*minLength: got 0, want 1/],
  ['database: { url: "postgres://a:b@c/d" }', /database.*'url' not allowed/],
  ['api: { replicas: "two" }', /api\/replicas.*got string, want integer/],
  ['worker: { autoscaling: { enabled: "yes" } }', /worker\/autoscaling\/enabled.*want boolean/],
  [
    'api: { resources: { requests: { memory: lots } } }',
    /api\/resources\/requests\/memory.*'lots' does not match/,
  ],
  ['api: { ingress: { enabled: true } }', /api\/ingress\/host.*minLength/],
  ['monitors: { enabled: true }', /monitors\/apiKey\/existingSecret.*minLength/],
  ['workers: { replicas: 3 }', /'workers' not allowed/],
])('%s is refused', async (text, message) => {
  const values = await valuesOf(text);
  const refusal = rendered(CHART, NEWEST, values).catch((error: Error) =>
    error.message.replaceAll('\n', ' '),
  );
  expect(await refusal).toMatch(message);
});

const SECRETS: Record<string, string> = {
  DATABASE_URL: 'postgres://worker:secret@db.example/tidemark',
  ENTSOE_TOKEN: '0f0f0f0f-0000-4000-8000-0f0f0f0f0f0f',
  NOTIFY_SMTP_URL: 'smtp://user:secret@mail.example:587',
  TEMPORAL_API_KEY: 'key',
  OIDC_CLIENT_SECRET: 'a-secret-of-the-provider',
  ACME_TOKEN: 'token',
};

/** What the process finds in its environment. */
function environmentOf({ env }: Container): Record<string, string> {
  return Object.fromEntries(env.map(({ name, value }) => [name, value ?? SECRETS[name] ?? '']));
}

test('what a pod sets are settings, and taken by the process', async () => {
  const { sources } = await loadCatalog();
  for (const values of WAYS) {
    for (const { name, env, ports = [] } of containersOf(await rendered(CHART, NEWEST, values))) {
      const unknown = env
        .map((each) => each.name)
        .filter((each) => each !== 'ACME_TOKEN' && !isSetting(each));
      expect([name, unknown]).toEqual([name, []]);
      const names = env.map((each) => each.name);
      expect([name, new Set(names).size]).toEqual([name, names.length]);
      const environment = environmentOf({ env } as Container);
      const { api, worker } = loadConfig(sources, {}, { TIDEMARK_STATE_DIR: '/nowhere', ...environment });
      const listens = { api: [api.port], worker: [9464, worker.health?.port], migrate: [] }[name];
      expect(ports.map(({ containerPort }) => containerPort)).toEqual(listens);
    }
  }
  const misnamed = (text: string) => text.replace('WORKER_HEALTH_ADDRESS', 'WORKER_HEALT_ADDRESS');
  await withBroken('templates/worker-deployment.yaml', misnamed, async (chart) => {
    const names = containersOf(await rendered(chart, NEWEST)).flatMap(({ env }) =>
      env.map(({ name }) => name),
    );
    expect(names.filter((name) => !isSetting(name))).toEqual(['WORKER_HEALT_ADDRESS']);
  });
});

test('secrets are named, never written', async () => {
  const resources = resourcesOf(await rendered(CHART, NEWEST, LARGE));
  expect(resources.map(({ kind }) => kind)).not.toContain('Secret');
  for (const { env } of resources.flatMap(({ spec }) => spec.template?.spec.containers ?? []))
    for (const { name, value } of env.filter((each) => each.name in SECRETS))
      expect([name, value]).toEqual([name, undefined]);
});

/** Probes of a container that lead nowhere: to no port of it, or to a path that is not answered. */
async function probesToNowhere(container: Container, isAnswered: (path: string) => Promise<boolean>) {
  const broken: string[] = [];
  for (const probe of ['startup', 'liveness', 'readiness'] as const) {
    const { path, port } = container[`${probe}Probe`]?.httpGet ?? { path: 'none', port: 'none' };
    const isPort = container.ports?.some(({ name }) => name === port);
    if (!isPort || !(await isAnswered(path))) broken.push(`${probe} of ${container.name}: ${path}`);
  }
  return broken;
}

test('probes lead to what API and worker answer', async () => {
  const isOfApi = async (path: string) => path in openapi.paths;
  const health = await serveHealth({ host: '127.0.0.1', port: 0 }, async () => ({ ready: true, parts: [] }));
  const isOfWorker = async (path: string) => (await fetch(health.url + path)).status === 200;
  const nowhere = async (chart: string) => {
    const containers = containersOf(await rendered(chart, NEWEST, LARGE));
    const found = containers
      .filter(({ name }) => name !== 'migrate')
      .map((each) => probesToNowhere(each, each.name === 'api' ? isOfApi : isOfWorker));
    expect(found).toHaveLength(2);
    return (await Promise.all(found)).flat();
  };
  try {
    expect(await nowhere(CHART)).toEqual([]);
    const moved = (text: string) => text.replaceAll('/readyz', '/ready');
    for (const name of ['api', 'worker'])
      await withBroken(`templates/${name}-deployment.yaml`, moved, async (chart) =>
        expect(await nowhere(chart)).toEqual([`readiness of ${name}: /ready`]),
      );
  } finally {
    await health.close();
  }
});

test('every pod runs without rights, on a file system that it cannot write', async () => {
  for (const version of [OLDEST, NEWEST]) {
    const pods = resourcesOf(await rendered(CHART, version, LARGE)).flatMap(
      ({ spec }) => spec.template?.spec ?? [],
    );
    expect(pods).toHaveLength(3);
    for (const pod of pods) {
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(pod.containers[0]).toMatchObject({
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        resources: { requests: { cpu: expect.any(String), memory: expect.any(String) } },
      });
    }
  }
});

test('migration comes before everything else, and needs nothing that comes later', async () => {
  const resources = resourcesOf(await rendered(CHART, NEWEST, LARGE));
  const hooks = resources.filter(({ metadata }) => metadata.annotations?.['helm.sh/hook']);
  expect(hooks.map(({ kind, metadata }) => [kind, metadata.annotations?.['helm.sh/hook']])).toEqual([
    ['Job', 'pre-install,pre-upgrade'],
  ]);
  // Its claims and Secrets are those of the values: the chart makes its own after it.
  const made = resources
    .filter(({ kind }) => kind === 'PersistentVolumeClaim')
    .map(({ metadata }) => metadata.name);
  expect(made).toEqual(['desk-tidemark-files']);
  expect(JSON.stringify(hooks)).not.toContain(made[0]);
});

test('the chart that is packed has no values of drills', async () => {
  await helm('package', CHART, '--destination', folder);
  const listed = await runCommand(['tar', '-tzf', join(folder, `tidemark-${VERSION}.tgz`)]);
  expect(listed).toContain('tidemark/values.schema.json');
  expect(listed).not.toContain('ci/');
});
