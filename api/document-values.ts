import { dateOf, fullYearsBetween } from '../domain/dates.js';
import type { DocumentContent, DocumentKindCode, DocumentValue } from '../domain/documents.js';
import { rankOf, type Policy } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import {
  degrees,
  evidenceKinds,
  levels,
  posts,
  prizes,
  professionalTitles,
  sexes,
  subjects,
  teachingStages,
} from '../domain/vocabulary.js';
import type { OwnerDatabase } from '../records/database.js';
import {
  appointmentDocument,
  applicationDocument,
  noticeDocument,
  summaryDocument,
} from '../records/documents.js';
import { stageNames, standingNames, type Names } from '../texts/names.js';
import type { Actor } from './auth/actor.js';
import { requireSight, schoolsOf, seesAll } from './visibility.js';

/** What a document is asked for: which one it needs is the kind's. */
export interface DocumentSubject {
  readonly applicationId?: string;
  readonly roundId?: string;
  readonly schoolId?: string;
  readonly noticeId?: string;
  readonly appointmentId?: string;
}

/** What a document's values are made from: who asks, and when. */
export interface DocumentRequest {
  readonly actor: Actor;
  readonly database: OwnerDatabase;
  readonly subject: DocumentSubject;
  readonly now: Date;
}

/** The values of every kind of document, for whoever may see what it shows. Rule S15. */
export const documentContents: Readonly<
  Record<DocumentKindCode, (request: DocumentRequest) => Promise<DocumentContent>>
> = {
  application_form: async (request) => {
    const shown = await applicationDocument(request.database, request.subject.applicationId!);
    requireSight(
      shown.application.personId === request.actor.personId || ofSchool(request.actor, shown.school.id),
    );
    return {
      values: { ...roundValues(shown, request.now), ...candidateValues(shown) },
      rows: {
        业绩: evidenceRows(shown.evidence),
        已有称号: shown.titlesHeld.map(({ rank, from, until }, index) => ({
          序号: index + 1,
          称号: rankName(shown.policy, rank),
          起始日期: from,
          截止日期: until,
        })),
      },
    };
  },

  recommendation_form: async (request) => {
    const shown = await applicationDocument(request.database, request.subject.applicationId!);
    requireSight(ofSchool(request.actor, shown.school.id));
    const { stage, standing, schoolScore } = shown.application;
    // What the researchers say is for the district.
    const opinions = seesAll(request.actor)
      ? shown.opinions.filter(({ stance }) => Object.hasOwn(stances, stance))
      : [];
    return {
      values: {
        ...roundValues(shown, request.now),
        ...candidateValues(shown),
        学校得分: pointsOf(schoolScore),
        推荐名额: shown.quota,
        现处环节: nameIn(stageNames, stage),
        状态: nameIn(standingNames, standing),
      },
      rows: {
        业绩: evidenceRows(shown.evidence),
        教研员意见: opinions.map(({ stance, text }, index) => ({
          序号: index + 1,
          意见: nameIn(stances, stance),
          说明: text,
        })),
      },
    };
  },

  summary_table: async (request) => {
    const { roundId, schoolId } = request.subject;
    requireSight(schoolId ? ofSchool(request.actor, schoolId) : seesAll(request.actor));
    const shown = await summaryDocument(request.database, roundId!, schoolId);
    const { policy, round, candidates } = shown;
    return {
      values: {
        ...roundValues(shown, request.now),
        填报单位: shown.school?.name ?? shown.owner.name,
        人数: candidates.length,
      },
      rows: {
        候选人: candidates.map(({ application, person, school }, index) => ({
          序号: index + 1,
          姓名: person.name,
          性别: nameIn(sexes, person.sex),
          学校: school.name,
          学科: nameIn(subjects, application.subject),
          学段: nameIn(teachingStages, application.teachingStage),
          学历: nameIn(degrees, person.degree),
          职称: nameIn(professionalTitles, person.title),
          教龄: person.teachingSince ? fullYearsBetween(person.teachingSince, round.cutOff) : null,
          申报层次: rankName(policy, application.rank),
          学校得分: pointsOf(application.schoolScore),
          现处环节: nameIn(stageNames, application.stage),
          状态: nameIn(standingNames, application.standing),
        })),
      },
    };
  },

  notice_statement: async (request) => {
    const shown = await noticeDocument(request.database, request.subject.noticeId!);
    const { notice, organisation } = shown;
    requireSight(ofSchool(request.actor, notice.organisationId));
    if (notice.closesAt! > request.now)
      throw new Refusal({
        code: 'NOTICE_STILL_STANDING',
        rule: 'S15',
        values: { until: notice.closesAt!.toISOString() },
      });
    const snapshot = notice.snapshot as unknown as Snapshot;
    return {
      values: {
        ...roundValues(shown, request.now),
        公示单位: organisation.name,
        公示级别: notice.level === 'school' ? '校内公示' : '区级公示',
        公示首日: notice.firstDay,
        公示末日: notice.lastDay,
        截止时间: snapshot.closes ?? null,
        公示人数: snapshot.entries.length,
        联系电话: snapshot.telephone ?? null,
        异议件数: shown.objections,
        异议成立件数: shown.sustained,
        公示快照哈希: notice.snapshotHash,
      },
      rows: {
        名单: snapshot.entries.map(({ name, school, subject, rank }, index) => ({
          序号: index + 1,
          姓名: name,
          学校: school,
          学科: nameIn(subjects, subject),
          层次: rankName(shown.policy, rank),
        })),
      },
    };
  },

  appointment_annex: async (request) => {
    requireSight(seesAll(request.actor));
    const { appointment, owner, policy, titles } = await appointmentDocument(
      request.database,
      request.subject.appointmentId!,
    );
    const document = appointment.document as { number?: string; date?: string } | null;
    return {
      values: {
        方案: policy.title.zh,
        组织单位: owner.name,
        制表日期: dateOf(request.now.toISOString()),
        层次: rankName(policy, appointment.rank),
        年度: appointment.year,
        文号: document?.number ?? null,
        发文日期: document?.date ?? null,
        人数: titles.length,
      },
      rows: {
        名单: titles.map(({ title, person, school }, index) => ({
          序号: index + 1,
          姓名: person.name,
          学校: school.name,
          学科: nameIn(subjects, person.subject),
          证书编号: title.certificateNumber,
          起始日期: title.from,
          截止日期: title.until,
        })),
      },
    };
  },
};

interface Snapshot {
  readonly closes?: string;
  readonly telephone?: string;
  readonly entries: readonly { name: string; school: string; subject: string; rank: string }[];
}

const stances: Names = {
  recommend: { zh: '推荐', en: 'recommend' },
  neutral: { zh: '中立', en: 'neutral' },
  advise_against: { zh: '不建议', en: 'advise against' },
};

type ApplicationShown = Awaited<ReturnType<typeof applicationDocument>>;

/** Whether the actor sees the cases of a school, or all. */
function ofSchool(actor: Actor, schoolId: string): boolean {
  return seesAll(actor) || schoolsOf(actor).includes(schoolId);
}

function roundValues(
  { round, policy, owner }: Pick<ApplicationShown, 'round' | 'policy' | 'owner'>,
  now: Date,
): Record<string, DocumentValue> {
  return {
    方案: policy.title.zh,
    轮次: round.title,
    学年: round.schoolYear,
    组织单位: owner.name,
    制表日期: dateOf(now.toISOString()),
  };
}

function candidateValues({
  application,
  person,
  school,
  round,
  policy,
}: ApplicationShown): Record<string, DocumentValue> {
  return {
    姓名: person.name,
    性别: nameIn(sexes, person.sex),
    出生日期: person.birthDate,
    工号: person.staffNumber,
    学校: school.name,
    学科: nameIn(subjects, application.subject),
    学段: nameIn(teachingStages, application.teachingStage),
    学历: nameIn(degrees, person.degree),
    职称: nameIn(professionalTitles, person.title),
    任教起始日期: person.teachingSince,
    教龄: person.teachingSince ? fullYearsBetween(person.teachingSince, round.cutOff) : null,
    职务: nameIn(posts, person.mainPost),
    兼任职务: person.otherPosts.map((post) => nameIn(posts, post)).join('、'),
    申报层次: rankName(policy, application.rank),
    申报理由: application.statement,
    申报日期: dateOf(application.submittedAt.toISOString()),
  };
}

function evidenceRows(evidence: ApplicationShown['evidence']) {
  return evidence.map(({ kind, title, level, prize, date, issuer, number }, index) => ({
    序号: index + 1,
    类别: nameIn(evidenceKinds, kind),
    名称: title,
    级别: nameIn(levels, level),
    奖次: nameIn(prizes, prize),
    日期: date,
    颁发单位: issuer,
    证书编号: number,
  }));
}

/** Hundredths of a point as they are written: 8650 is 86.50. */
function pointsOf(hundredths: number | null): string | null {
  return hundredths === null ? null : (hundredths / 100).toFixed(2);
}

function nameIn(names: Names, code: string | null): string | null {
  return code === null ? null : (names[code]?.zh ?? code);
}

function rankName(policy: Policy, rank: string): string {
  return rankOf(policy, rank)?.zh ?? rank;
}
