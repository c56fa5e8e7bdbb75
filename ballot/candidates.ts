// Runs in the member's browser as well as in Node: no node: imports here.
import { Refusal } from '../domain/refusal.js';
import {
  finishPaper,
  preparePaper,
  sealChoice,
  type BallotCapacity,
  type OfficerRecipients,
  type Paper,
  type PaperSecret,
} from './member.js';

/** The paper of one candidate, where each has one of its own (逐人票决, V2). */
export interface CandidatePaper extends Paper {
  readonly candidate: string;
}

/** What goes into the box for one candidate. Nothing in it is shared with the member's other ballots. */
export interface CandidateBallot extends CandidatePaper {
  readonly sealed: string;
}

/** What the client keeps of one candidate's paper until it is finished. It never leaves the client. */
export interface CandidatePaperSecret {
  readonly candidate: string;
  readonly secret: PaperSecret;
}

/** The paper of one candidate says yes or nothing. Rule V2. */
export function capacityOf(candidate: string): BallotCapacity {
  return { seats: 1, candidateIds: [candidate] };
}

/**
 * Draws and blinds a serial for each candidate on whom the member votes. Rules V2, V6.
 * @param candidates each with the public key of its papers, SPKI in base64url
 * @returns `blinded`, which goes to the service at once, and `secrets`, which stay in the client
 */
export async function prepareCandidatePapers(
  candidates: readonly { readonly candidate: string; readonly publicKey: string }[],
): Promise<{ blinded: { candidate: string; blinded: string }[]; secrets: CandidatePaperSecret[] }> {
  const prepared = await Promise.all(
    candidates.map(async ({ candidate, publicKey }) => ({ candidate, ...(await preparePaper(publicKey)) })),
  );
  return {
    blinded: prepared.map(({ candidate, blinded }) => ({ candidate, blinded })),
    secrets: prepared.map(({ candidate, secret }) => ({ candidate, secret })),
  };
}

/**
 * Takes the blinding off the service's signatures. Rule V6.
 * @param secrets what `prepareCandidatePapers` returned
 * @param signed the service's answer
 * @throws Refusal `PAPER_SIGNATURE_INVALID` when a signature is missing or is not of that candidate's key
 */
export function finishCandidatePapers(
  secrets: readonly CandidatePaperSecret[],
  signed: readonly { readonly candidate: string; readonly blindSignature: string }[],
): Promise<CandidatePaper[]> {
  return Promise.all(
    secrets.map(async ({ candidate, secret }) => {
      const { blindSignature = '' } = signed.find((one) => one.candidate === candidate) ?? {};
      return { candidate, ...(await finishPaper(secret, blindSignature)) };
    }),
  );
}

/**
 * Seals one ballot for each paper: for the candidate, or blank. Each is a ballot by itself. How many a member is for is
 * not limited: it could not be checked, since nobody can tell which ballots are of one member. Rules V2, V6.
 * @param approved candidates whom the member is for; none is an abstention on all
 * @param papers the member's finished papers
 * @throws Refusal `CHOICE_NOT_ON_PAPER` for a candidate of whom the member has no paper, without naming it
 */
export async function sealApprovals(
  approved: readonly string[],
  papers: readonly CandidatePaper[],
  recipients: OfficerRecipients,
): Promise<CandidateBallot[]> {
  if (approved.some((id) => !papers.some(({ candidate }) => candidate === id)))
    throw new Refusal({ code: 'CHOICE_NOT_ON_PAPER', rule: 'V12' });
  return Promise.all(
    papers.map(async (paper) => {
      const choice = approved.includes(paper.candidate) ? [paper.candidate] : [];
      return { ...paper, sealed: await sealChoice(choice, recipients, capacityOf(paper.candidate)) };
    }),
  );
}
