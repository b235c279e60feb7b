/** The OpenAPI 3.1 document, made from the routes' schemas. `npm run docs` keeps it in `api/openapi.json`. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { Api } from './dependencies.ts';

export async function describeApi(api: Api): Promise<void> {
  await api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Tidemark',
        description:
          'Published market data with every version of it. Instants are UTC, days are delivery days, nulls are nulls; ' +
          'errors are problem details (RFC 9457).',
        version: '1',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer', description: 'made by "npx tidemark keys create"' },
        },
      },
      security: [{ key: [] }, {}],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  // The reference is public: a browser opens it without a key, and it contains no data.
  api.addHook('onRoute', (route) => {
    if (route.url.startsWith('/docs')) route.config = { ...route.config, access: 'public' };
  });
  await api.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: false,
    theme: { title: 'Tidemark API' },
    // Without the bar that loads other documents.
    uiConfig: { layout: 'BaseLayout', displayRequestDuration: true },
  });
  api.get(
    '/openapi.json',
    { config: { access: 'public' }, schema: { hide: true } },
    () => api.swagger() as never,
  );
}
