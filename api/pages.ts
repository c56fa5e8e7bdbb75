import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Router } from 'express';
import { allRefusals } from '../texts/catalogue.js';
import { problemType } from './problem.js';

const swaggerUi = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const swaggerFiles = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

const docsPage = `<!doctype html>
<html lang="zh">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>青蓝 API</title>
    <link rel="icon" href="/docs/favicon-32x32.png" />
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="api"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/initializer.js"></script>
  </body>
</html>
`;

const initializer = `SwaggerUIBundle({
  url: '/api/v1/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  validatorUrl: null,
});
`;

/** The pages beside the API: its documentation at /docs, and one page a problem under /problems. No page loads anything from elsewhere. */
export function pages(): Router {
  const router = Router({ caseSensitive: true });
  router.get('/docs', (_request, response) => void response.type('html').send(docsPage));
  router.get('/docs/initializer.js', (_request, response) => void response.type('js').send(initializer));
  for (const file of swaggerFiles)
    router.get(`/docs/${file}`, (_request, response) => response.sendFile(join(swaggerUi, file)));
  router.get('/problems', (_request, response) => {
    const entries = Object.keys(allRefusals).map(
      (code) => `<li><a href="${problemType(code)}">${code}</a></li>`,
    );
    response.type('html').send(page('青蓝 · 问题类型 Problems', `<ul>${entries.join('')}</ul>`));
  });
  router.get('/problems/:name', (request, response, next) => {
    const code = Object.keys(allRefusals).find((known) => problemType(known) === request.path);
    const text = code === undefined ? undefined : allRefusals[code];
    if (code === undefined || text === undefined) return next();
    const body = `<p>HTTP ${text.status}</p><p lang="zh">${shown(text.zh)}</p><p lang="en">${shown(text.en)}</p>`;
    response.type('html').send(page(code, `${body}<p><a href="/problems">/problems</a></p>`));
  });
  return router;
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="zh">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${escape(title)}</title>
  </head>
  <body>
    <h1>${escape(title)}</h1>
    ${body}
  </body>
</html>
`;
}

function shown(template: string): string {
  return escape(template.replaceAll(/\{\{(\w+)\}\}/g, '‹$1›'));
}

function escape(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}
