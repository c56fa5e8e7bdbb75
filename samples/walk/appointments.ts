import { recordedFor } from './checks.js';
import type { Walk } from './walk.js';

/** Titles of a rank: the list is opened, the leading group approves whoever has a place, the office issues certificates. */
export async function appoint(walk: Walk, rank: string): Promise<void> {
  await walk.stage(`授予称号 Appointment (${rank})`, async () => {
    const office = await walk.office();
    const year = (await walk.today()).slice(0, 4);
    const policyId = await schemeId(walk);
    const { caseId } = await office.decide('/appointments', { rank, year, policyId });
    const { places, entries } = await office.get<{
      places: number | null;
      entries: { traineeId: string; position: number }[];
    }>(`/appointments/${caseId}`);
    const ordered = entries.toSorted((left, right) => left.position - right.position);
    await office.decide(`/appointments/${caseId}/approval`, {
      approved: ordered.slice(0, places ?? undefined).map(({ traineeId }) => traineeId),
      recordedFor: await recordedFor(walk, `青师培组〔${year}〕9号`),
    });
    const { result } = await office.decide(`/appointments/${caseId}/certificates`, {
      document: { number: `青教发〔${year}〕20号`, date: await walk.today() },
    });
    return {
      said: `${String(result['issued'])} certificates, ${entries.length} had passed`,
      result: undefined,
    };
  });
}

/** Id of the stored version of the scheme. */
export async function schemeId(walk: Walk): Promise<string> {
  const { items } = await (await walk.office()).get<{ items: { id: string; code: string }[] }>('/policies');
  return items.find(({ code }) => code === 'sichuan-district')!.id;
}
