import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { describeRoute, type Route } from './route.js';

/**
 * The OpenAPI 3.1 document of all routes, from the schemas that they are checked with.
 * @param routes every mounted route
 * @param cookie name of the cookie that carries the session
 */
export function openApiDocument(routes: readonly Route[], cookie: string) {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'session', { type: 'apiKey', in: 'cookie', name: cookie });
  for (const spec of routes) describeRoute(registry, spec);
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: '青蓝 Qinglan',
      version: '0.1.0',
      description:
        '骨干教师的评选、培训与考核。每个拒绝都以 application/problem+json 说明规则、所依数值与条款；以 Accept-Language 选择中文（默认）或英文。\n\n' +
        'Selection, training and yearly review of backbone teachers. Every refusal names the rule, the values and the clause, in Chinese (default) or English by Accept-Language.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
  });
}
