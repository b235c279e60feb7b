/**
 * What kubeconform validates against: JSON schemas of Kubernetes' own OpenAPI document and of the Prometheus operator's resource
 * definitions, made strict (no field that they do not name). One file a kind, by kubeconform's names.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { goModule } from './programs.ts';

/** The oldest version that the chart names, and the newest that was tried. */
export const KUBERNETES_VERSIONS = ['1.30.14', '1.37.2'];
/** Kinds of the chart, by the name of their file. */
const KINDS: Readonly<Record<string, string>> = {
  'deployment-apps-v1': 'io.k8s.api.apps.v1.Deployment',
  'horizontalpodautoscaler-autoscaling-v2': 'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  'ingress-networking-v1': 'io.k8s.api.networking.v1.Ingress',
  'job-batch-v1': 'io.k8s.api.batch.v1.Job',
  'networkpolicy-networking-v1': 'io.k8s.api.networking.v1.NetworkPolicy',
  'persistentvolumeclaim-v1': 'io.k8s.api.core.v1.PersistentVolumeClaim',
  'poddisruptionbudget-policy-v1': 'io.k8s.api.policy.v1.PodDisruptionBudget',
  'service-v1': 'io.k8s.api.core.v1.Service',
};
const OPERATOR = 'github.com/prometheus-operator/prometheus-operator@v0.85.0';
const MONITORS = ['servicemonitor', 'podmonitor'];

/** Writes the schemas of a version of Kubernetes into a folder. @throws Error when a Go module cannot be had. */
export async function writeSchemas(version: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const schemas = { ...(await schemasOfKubernetes(version)), ...(await schemasOfMonitors()) };
  for (const [name, schema] of Object.entries(schemas))
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(schema));
}

/** A JSON schema, as far as this looks into one. */
interface Schema {
  readonly [keyword: string]: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
}

async function schemasOfKubernetes(version: string): Promise<Record<string, Schema>> {
  const file = join(await goModule(`k8s.io/kubernetes@v${version}`), 'api/openapi-spec/swagger.json');
  const { definitions } = JSON.parse(readFileSync(file, 'utf8')) as { definitions: Record<string, Schema> };
  const strictOnes = strict(definitions) as Record<string, Schema>;
  // Text in the document, a number too where it is written.
  strictOnes['io.k8s.apimachinery.pkg.util.intstr.IntOrString'] = { type: ['string', 'integer'] };
  strictOnes['io.k8s.apimachinery.pkg.api.resource.Quantity'] = { type: ['string', 'number'] };
  return Object.fromEntries(
    Object.entries(KINDS).map(([name, id]) => [
      name,
      { $ref: `#/definitions/${id}`, definitions: neededBy(id, strictOnes) },
    ]),
  );
}

/** A definition and all that it refers to. */
function neededBy(id: string, all: Readonly<Record<string, Schema>>): Record<string, Schema> {
  const needed: Record<string, Schema> = {};
  const waiting = [id];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const definition = all[next];
    if (next in needed || definition === undefined) continue;
    needed[next] = definition;
    for (const [, found = ''] of JSON.stringify(definition).matchAll(/"#\/definitions\/([^"]+)"/g))
      waiting.push(found);
  }
  return needed;
}

interface ResourceDefinition {
  readonly spec: {
    readonly versions: readonly { readonly name: string; readonly schema: { openAPIV3Schema: Schema } }[];
  };
}

async function schemasOfMonitors(): Promise<Record<string, Schema>> {
  const folder = join(await goModule(OPERATOR), 'example/prometheus-operator-crd');
  const schemaOf = (kind: string) => {
    const text = readFileSync(join(folder, `monitoring.coreos.com_${kind}s.yaml`), 'utf8');
    const [version] = (parse(text) as ResourceDefinition).spec.versions;
    const { metadata: _, ...properties } = version?.schema.openAPIV3Schema.properties ?? {};
    // What metadata are is said of no resource by itself.
    return strict({ ...version?.schema.openAPIV3Schema, properties: { ...properties, metadata: {} } });
  };
  return Object.fromEntries(MONITORS.map((kind) => [`${kind}-monitoring-v1`, schemaOf(kind) as Schema]));
}

/** The same, in which an object has no field but those that are named. Names of fields are no keywords, whatever they are called. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (schema === null || typeof schema !== 'object') return schema;
  const made = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]));
  if (made['x-kubernetes-int-or-string']) delete made.type;
  const isObject = made.type === 'object' && typeof made.properties === 'object';
  return isObject && !('additionalProperties' in made) ? { ...made, additionalProperties: false } : made;
}
