/** The OpenAPI document of the HTTP API, from the schemas of its routes. Needs no connections. */
import { buildApi } from '../../api/app.ts';
import { loadCatalog } from '../../datasets/catalog.ts';
import { openDatabase } from '../../db/connection/client.ts';

export async function openApiDocument(): Promise<string> {
  const api = await buildApi({
    database: openDatabase({ url: 'postgres://nowhere', application: 'tidemark docs' }),
    catalog: await loadCatalog(),
    temporal: () => Promise.reject(new Error('not while documents are made')),
    workflowLink: (workflowId) => workflowId,
    access: 'keys',
    corsOrigins: [],
    requestsPerMinute: 1,
    hosts: [],
    limits: { exportsAtOnce: 1, readerPatienceMs: 1_000, answerMs: 1_000 },
    now: () => new Date(0),
  });
  await api.ready();
  const document = JSON.stringify(api.swagger(), null, 2);
  await api.close();
  return `${document}\n`;
}
