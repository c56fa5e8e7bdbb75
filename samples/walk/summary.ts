import { roleNames } from '../../domain/case-names.js';
import type { RosterRole } from '../../domain/roster.js';
import { describeProblem } from '../api-client.js';
import { unfinishedSchool } from './annual-review.js';
import { lastDayOf, type Candidate, type ToldReason } from './candidates.js';
import type { Walk } from './walk.js';

interface Title {
  readonly person: { readonly name: string; readonly school: string };
  readonly rank: string;
  readonly origin: string;
  readonly state: string;
  readonly certificateNumber: string | null;
}

interface Stuck {
  readonly what: string;
  readonly organisation: { readonly name: string };
  readonly roleName: string | null;
  readonly dueAt: string | null;
  readonly overdueDays: number;
  readonly workflowUrl: string | null;
}

/**
 * Who was appointed, why others were not (some of each reason, with the rule, the values and the clause), and what is
 * overdue at the end.
 */
export async function summaryOf(walk: Walk): Promise<string> {
  const office = await walk.office();
  const titles = (await office.list<Title>('/titles')).filter(({ origin }) => origin === 'appointment');
  const out = await office.list<Candidate>(`/rounds/${walk.roundId}/candidates?standing=out`);
  const reserve = await office.list<Candidate>(`/rounds/${walk.roundId}/candidates?standing=reserve`);
  const trainees = await office.list<{ person: { name: string }; reason: ToldReason | null }>(
    '/trainings?standing=eliminated',
  );
  const others = [
    ...[...out, ...reserve].map(({ name, reason }) => ({ name, reason: reason! })),
    ...trainees.map(({ person, reason }) => ({ name: person.name, reason: reason! })),
  ];
  const stuck = await office.list<Stuck>('/stuck?overdue=true');
  const parts = [appointed(titles), notAppointed(others), refusedAtOnce(walk), overdue(stuck)];
  return parts.map((lines) => ['', ...lines].join('\n')).join('\n');
}

function appointed(titles: readonly Title[]): string[] {
  return [...new Set(titles.map(({ rank }) => rank))].sort().flatMap((rank) => {
    const ofRank = titles.filter((title) => title.rank === rank);
    const schools = [...new Set(ofRank.map(({ person }) => person.school))].sort();
    const numbers = ofRank.map(({ certificateNumber }) => certificateNumber!).sort();
    return [
      `Appointed as ${rank}: ${ofRank.length} (certificates ${numbers[0]} to ${numbers.at(-1)})`,
      ...schools.map((school) => {
        const names = ofRank
          .filter(({ person }) => person.school === school)
          .map(({ person }) => person.name);
        return `  ${school}: ${names.join('、')}`;
      }),
    ];
  });
}

function notAppointed(others: readonly { readonly name: string; readonly reason: ToldReason }[]): string[] {
  const codes = [...new Set(others.map(({ reason }) => reason.code))];
  return [
    `Not appointed: ${others.length}`,
    ...codes.flatMap((code) => {
      const all = others.filter(({ reason }) => reason.code === code);
      const lines = all
        .slice(0, 2)
        .flatMap(({ name, reason }) => [
          `    ${name}: ${reason.text}`,
          `      rule ${reason.rule ?? '—'} · ${JSON.stringify(reason.values)}${reason.clause ? ` · “${reason.clause}”` : ''}`,
        ]);
      return [`  ${code} (${all.length})`, ...lines];
    }),
  ];
}

function refusedAtOnce({ refusals }: Walk): string[] {
  const lines = refusals.map((problem) => `  ${describeProblem(problem)}`).sort();
  return [`Refused when they applied: ${refusals.length}`, ...lines];
}

function overdue(stuck: readonly Stuck[]): string[] {
  return [
    `Overdue: ${stuck.length}`,
    ...stuck
      .slice(0, 5)
      .flatMap(({ what, organisation, roleName, dueAt, overdueDays, workflowUrl }) => [
        `  ${what}，${organisation.name}，等待${roleName}，期限 ${dueAt && lastDayOf(dueAt)}，逾期 ${overdueDays} 天`,
        ...(workflowUrl ? [`    ${workflowUrl}`] : []),
      ]),
  ];
}

/** Whom to sign in as, one for each role. */
export function signIns(
  walk: Walk,
  kept: { administrator: { username: string; password: string }; password: string },
): string {
  const shown: readonly RosterRole[] = [
    'office',
    'leading_group',
    'committee_chair',
    'supervisor',
    'researcher',
    'training_centre',
    'auditor',
  ];
  const ofDistrict = shown.map((role) => [roleNames[role], walk.staffOf(role)[0]!] as const);
  const ofSchool = (['school_clerk', 'head'] as const).map(
    (role) => [roleNames[role], walk.staffOf(role, { organisation: unfinishedSchool })[0]!] as const,
  );
  const { administrator, password } = kept;
  const rows = [...ofDistrict, ...ofSchool].map(
    ([{ zh, en }, staffNumber]) => `  ${staffNumber.padEnd(8)} ${zh} ${en}`,
  );
  return [
    `Sign-ins (everybody of the sample has the password ${password})`,
    ...rows,
    `  ${administrator.username.padEnd(8)} 网络管理员 technical administrator, with the password ${administrator.password}`,
  ].join('\n');
}

/**
 * Requests to begin with, by the office.
 * @param shown a round, and a candidate who was not chosen in it; null when there is none yet
 */
export function exampleRequests(
  walk: Walk,
  url: string,
  password: string,
  shown: { readonly roundId: string; readonly applicationId: string } | null,
): string {
  const [office] = walk.staffOf('office');
  const api = `${url}/api/v1`;
  const asJson = "-H 'Content-Type: application/json' -d";
  return [
    'To begin with',
    `  curl -c jar ${asJson} '${JSON.stringify({ username: office, password })}' ${api}/sign-in`,
    ...(shown
      ? [
          `  curl -b jar ${api}/rounds/${shown.roundId}      # where the candidates stand`,
          `  curl -b jar ${api}/applications/${shown.applicationId}      # why this one was not chosen: every stage, every condition, with rule and clause`,
        ]
      : []),
    `  curl -b jar ${api}/stuck      # what is overdue, who owes it, where it is in the Temporal UI`,
    `  curl -b jar ${asJson} '{"to":"next_due"}' ${api}/clock/advance      # the rehearsal goes on to the next date`,
  ].join('\n');
}
