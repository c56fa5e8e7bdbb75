import { z } from 'zod';
import { dateOf } from '../../domain/dates.js';
import { Refusal } from '../../domain/refusal.js';
import { answerOnce } from '../../records/answered-requests.js';
import { currentPolicies } from '../../records/current-policies.js';
import { readClock } from '../../records/instance.js';
import { fileOfSchool } from '../../records/school-filings.js';
import type { Dependencies } from '../dependencies.js';
import { route, type Route } from '../route.js';
import { holds } from '../visibility.js';

const schoolRoles = ['head', 'school_clerk'] as const;

const filing = z.strictObject({
  scheme: z.string().min(1).max(100).meta({ description: 'Code of the scheme that asks for it.' }),
  schoolId: z.uuid(),
  part: z.enum(['plan', 'list']),
  title: z.string().min(1).max(200),
  personIds: z.array(z.uuid()).max(500).default([]).meta({ description: 'The teachers of a list.' }),
});

/** What schools file of their own backbone teachers (备案). */
export function schoolFilingRoutes(dependencies: Dependencies): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/v1/school-filings',
      operationId: 'fileOfSchool',
      summary: '校级骨干教师培养方案、名单备案 File the school’s own plan or list',
      description:
        '备案归入当日所在学年；再次备案以最新一份为准。 It is filed for the school year of the day; filed again, the newest counts.',
      tag: 'school-filings',
      access: { roles: schoolRoles },
      body: filing,
      idempotent: true,
      statuses: [201],
      response: z.object({ id: z.uuid(), schoolYear: z.string(), filedOn: z.iso.date() }),
      refusals: [
        'NOT_ALLOWED',
        'SCHEME_UNKNOWN',
        'SCHOOL_FILING_NOT_ASKED',
        'SCHOOL_FILING_PEOPLE',
        'IDEMPOTENCY_KEY_REUSED',
      ],
      handler: async ({ actor, database, body, idempotencyKey }) => {
        const { now } = await readClock(dependencies.database);
        const { ownerId, personId } = actor;
        const asked = { ownerId, actorId: personId!, key: idempotencyKey, at: new Date(now) };
        const answer = await answerOnce(
          database,
          { ...asked, operation: 'fileOfSchool', body },
          async (db) => {
            const { scheme, ...given } = body;
            if (!holds(actor, schoolRoles, body.schoolId))
              throw new Refusal({
                code: 'NOT_ALLOWED',
                rule: 'S9',
                values: { decision: 'fileOfSchool', allowed: [...schoolRoles] },
              });
            const stored = (await currentPolicies(db)).find(({ policy }) => policy.id === scheme);
            if (stored === undefined)
              throw new Refusal({
                code: 'SCHEME_UNKNOWN',
                rule: 'P3',
                values: { code: scheme, version: null },
              });
            const { id, schoolYear, filedOn } = await fileOfSchool(db, stored.policy, {
              ...given,
              ownerId,
              filedById: personId!,
              today: dateOf(now),
              at: new Date(now),
            });
            return { id, schoolYear, filedOn };
          },
        );
        return { status: 201, body: answer };
      },
    }),
  ];
}
