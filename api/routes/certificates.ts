import { Router } from 'express';
import { z } from 'zod';
import { dateOf } from '../../domain/dates.js';
import { rankOf } from '../../domain/policy.js';
import { Refusal } from '../../domain/refusal.js';
import { titleStates } from '../../domain/tenure.js';
import { certificatesOfYear, reissuesByTitle } from '../../records/certificates.js';
import { listOrganisations } from '../../records/directory.js';
import { readClock } from '../../records/instance.js';
import { shownPersons } from '../../records/persons-shown.js';
import { certificatesOf, findTitle, withStates, type PublicCertificate } from '../../records/titles.js';
import { reissueReasonNames, titleStateNames } from '../../texts/names.js';
import { certificateFile } from '../certificate-file.js';
import type { Dependencies } from '../dependencies.js';
import { cursorAfter, pageOf, pageQuery, readCursor } from '../paging.js';
import { route, type Route } from '../route.js';
import { requireSight, schoolsOf, seesAll } from '../visibility.js';

const tag = 'certificates';

const certificateSchema = z
  .object({
    name: z.string(),
    school: z.string(),
    rank: z.object({ zh: z.string(), en: z.string() }),
    from: z.iso.date(),
    until: z.iso.date().nullable(),
    endedOn: z.iso.date().nullable(),
    state: z.enum(titleStates),
  })
  .meta({ id: 'Certificate' });

const listedSchema = z
  .object({
    titleId: z.uuid(),
    certificateNumber: z.string(),
    name: z.string(),
    school: z.string().meta({ description: 'Where the title was given.' }),
    rank: z.string(),
    from: z.iso.date(),
    until: z.iso.date().nullable(),
    document: z.string().nullable(),
    on: z.iso.date(),
    state: z.enum(titleStates),
    reissues: z.array(z.string()).meta({ description: 'Days on which it was issued again.' }),
  })
  .meta({ id: 'ListedCertificate' });

/** Certificates: as a file to print, the list of a year, and what the public may ask of a number. */
export function certificateRoutes({ database: everything, config }: Dependencies): Route[] {
  const today = async () => dateOf((await readClock(everything)).now);
  return [
    route({
      method: 'get',
      path: '/api/v1/titles/{id}/certificate',
      operationId: 'printCertificate',
      summary: '打印证书 The certificate of a title as PDF',
      description:
        '仅限本单位授予、当日有效或已有更高称号的证书；附公开查验地址。 Only while the certificate is valid or its holder has risen, and only for titles given here; it names the public page.',
      tag,
      access: 'signedIn',
      params: z.object({ id: z.uuid() }),
      statuses: [200],
      files: { 200: 'application/pdf' },
      refusals: [
        'CERTIFICATE_NOT_PRINTED',
        'CERTIFICATE_NUMBER_MISSING',
        'RANK_NOT_CONFERRED_HERE',
        'CHARACTERS_NOT_PRINTABLE',
      ],
      handler: async ({ actor, database, params, headers }) => {
        const found = await findTitle(database, params.id);
        requireSight(found !== null);
        const on = await today();
        const [{ title, state, scheme }] = (await withStates(database, [found!], on)) as [
          Awaited<ReturnType<typeof withStates>>[number],
        ];
        const person = (await shownPersons(database, [title.personId])).get(title.personId)!;
        const mayPrint =
          seesAll(actor) || title.personId === actor.personId || schoolsOf(actor).includes(person.schoolId);
        requireSight(mayPrint);
        const rank = rankOf(scheme.policy, title.rank);
        if (rank?.decidedBy !== scheme.policy.scope)
          throw new Refusal({ code: 'RANK_NOT_CONFERRED_HERE', rule: 'C10', values: { rank: title.rank } });
        if (title.certificateNumber === null)
          throw new Refusal({ code: 'CERTIFICATE_NUMBER_MISSING', rule: 'C13' });
        const isRenewed = state === 'superseded' && title.endedOn !== null;
        if (isRenewed || (state !== 'valid' && state !== 'superseded'))
          throw new Refusal({ code: 'CERTIFICATE_NOT_PRINTED', rule: 'C7', values: { state } });
        const organisations = await listOrganisations(database);
        const issuer = organisations.find(({ id }) => id === actor.ownerId)!;
        const reissue = (await reissuesByTitle(database, [title.id])).get(title.id)?.at(-1);
        const base = config.PUBLIC_URL ?? `http://${headers.host ?? 'localhost'}`;
        const content = await certificateFile({
          number: title.certificateNumber,
          name: person.name,
          rank: rank.zh,
          origin: title.origin,
          issuer: issuer.name,
          from: title.from,
          until: title.until,
          document: title.document,
          reissue: reissue ? `${reissueReasonNames[reissue.reason]!.zh}，${reissue.issuedOn}` : null,
          address: new URL(`/certificates/${encodeURIComponent(title.certificateNumber)}`, base).href,
        });
        return {
          status: 200,
          file: { name: `${title.certificateNumber}.pdf`, type: 'application/pdf', content },
        };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/certificates',
      operationId: 'listCertificates',
      summary: '年度发证名册 The certificates that began in a year',
      tag,
      access: { roles: ['office', 'leading_group', 'training_centre', 'auditor'] },
      query: pageQuery.extend({
        year: z.string().regex(/^20\d\d$/),
        rank: z.string().max(50).optional(),
      }),
      response: pageOf(listedSchema),
      handler: async ({ database, query }) => {
        const on = await today();
        const { titles, more } = await certificatesOfYear(database, {
          year: query.year,
          rank: query.rank,
          after: readCursor(query.cursor),
          limit: query.limit,
        });
        const shown = await withStates(database, titles, on);
        const persons = await shownPersons(
          database,
          titles.map(({ personId }) => personId),
        );
        const schools = new Map((await listOrganisations(database)).map(({ id, name }) => [id, name]));
        const reissues = await reissuesByTitle(
          database,
          titles.map(({ id }) => id),
        );
        const last = titles.at(-1);
        return {
          status: 200,
          body: {
            items: shown.map(({ title, state }) => {
              const { id, personId, schoolId, certificateNumber, rank, from, until, document } = title;
              const { name, school } = persons.get(personId)!;
              return {
                titleId: id,
                certificateNumber: certificateNumber!,
                name,
                school: schools.get(schoolId ?? '') ?? school,
                rank,
                from,
                until,
                document,
                on,
                state,
                reissues: (reissues.get(id) ?? []).map(({ issuedOn }) => issuedOn),
              };
            }),
            next: more && last ? cursorAfter(last.id) : null,
          },
        };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/public/certificates/{number}',
      operationId: 'checkCertificate',
      summary: '查验证书 Check a certificate',
      tag: 'public',
      access: 'public',
      params: z.object({ number: z.string().min(1).max(200) }),
      response: z.object({ number: z.string(), on: z.iso.date(), certificates: z.array(certificateSchema) }),
      handler: async ({ params }) => {
        const on = await today();
        const certificates = await certificatesOf(everything, params.number, on);
        requireSight(certificates.length > 0);
        return { status: 200, body: { number: params.number, on, certificates } };
      },
    }),
  ];
}

/** The page on which anybody checks a certificate, at /certificates/{number}; it has no script. Rule C7. */
export function certificatePages({ database }: Pick<Dependencies, 'database'>): Router {
  const router = Router({ caseSensitive: true });
  router.get('/certificates/:number', async (request, response) => {
    const { number } = request.params;
    const on = dateOf((await readClock(database)).now);
    const certificates = await certificatesOf(database, number, on);
    response
      .status(certificates.length > 0 ? 200 : 404)
      .set('Cache-Control', 'no-store')
      .type('html')
      .send(certificatePage(number, on, certificates));
  });
  return router;
}

function certificatePage(number: string, on: string, certificates: readonly PublicCertificate[]): string {
  const none = '<p>查无此证书。 <span lang="en">There is no such certificate.</span></p>';
  return `<!doctype html>
<html lang="zh">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>证书查验 Certificate</title>
  </head>
  <body>
    <h1>证书查验 <span lang="en">Certificate</span></h1>
    <p>${escape(number)} · ${on}</p>
    ${certificates.length > 0 ? certificates.map(certificateTable).join('') : none}
  </body>
</html>
`;
}

function certificateTable({ name, school, rank, from, until, endedOn, state }: PublicCertificate): string {
  const rows = [
    ['姓名 Name', name],
    ['授予时所在学校 School when given', school],
    ['称号 Title', `${rank.zh} ${rank.en}`],
    ['自 From', from],
    ['有效期至 Valid until', until ?? '—'],
    ...(state === 'revoked' ? [['终止日期 Ended on', endedOn ?? '']] : []),
    ['状态 State', `${titleStateNames[state].zh} ${titleStateNames[state].en}`],
  ];
  const cells = rows.map(
    ([label, value]) => `<tr><th scope="row">${label}</th><td>${escape(value!)}</td></tr>`,
  );
  return `<table>${cells.join('')}</table>`;
}

function escape(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}
