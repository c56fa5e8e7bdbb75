import { Router, urlencoded, type Request, type RequestHandler, type Response } from 'express';
import multer from 'multer';
import { stepNames } from '../domain/case-names.js';
import type { Finding } from '../domain/objection.js';
import { plainFile } from '../domain/plain-files.js';
import { Refusal } from '../domain/refusal.js';
import { subjects } from '../domain/vocabulary.js';
import { readClock } from '../records/instance.js';
import { publishedNotice, type PublishedNotice } from '../records/notices.js';
import { objectionOfReceipt, receiveObjection, type ObjectionForm } from '../records/objections.js';
import { caseWaker } from '../temporal/wake-case.js';
import { say, type Text } from '../texts/catalogue.js';
import { outcomeNames } from '../texts/names.js';
import { handlingNames, noticePageTexts as texts } from '../texts/notice-pages.js';
import { moment } from '../texts/readable.js';
import type { Dependencies } from './dependencies.js';
import { robotsOf } from './routes/notices.js';
import { mostFileBytes, mostFiles } from './routes/objections.js';

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const receiptForm = /^[\da-f]{40}$/;
const longest = { facts: 10_000, name: 1000, reachedBy: 1000 } as const;
const readForm = urlencoded({ extended: false, limit: '64kb' });
const readFiles = multer({
  storage: multer.memoryStorage(),
  limits: { fileSize: mostFileBytes, files: mostFiles, fields: 8, fieldSize: 64 * 1024 },
}).array('files', mostFiles);

/**
 * The pages that everybody can read without signing in and without a script: a notice at `/notices/{id}`, with the form
 * to object to one of its names, and `/objections/state`, where a receipt is asked for how it stands; the receipt stands
 * in the body alone. Rules N5, N6, N8, N9, D8.
 * @param limitObjections limits how often one address may send the forms
 */
export function noticePages(dependencies: Dependencies, limitObjections: RequestHandler): Router {
  const { database, config, temporal, log } = dependencies;
  const router = Router({ caseSensitive: true });
  router.param('id', (_request, response, next, id: string) => (uuid.test(id) ? next() : missing(response)));

  router.get('/notices/:id', async (request, response) => {
    const { now } = await readClock(database);
    const notice = await found(() => publishedNotice(database, request.params.id, new Date(now)));
    if (notice === null) return missing(response);
    sendPage(response, 200, notice, noticePage(request.params.id, notice));
  });

  router.post('/notices/:id/objections', limitObjections, readForm, async (request, response) => {
    const at = new Date((await readClock(database)).now);
    const { id } = request.params as { id: string };
    const notice = await found(() => publishedNotice(database, id, at));
    if (notice === null) return missing(response);
    try {
      await readParts(request, response);
      const form = formOf(id, (request.body ?? {}) as Record<string, unknown>);
      if (form === null) throw new Refusal({ code: 'INVALID_INPUT', values: { count: 1 } });
      const sent = (request.files ?? []) as Express.Multer.File[];
      const files = sent.filter(({ size }) => size > 0).map(({ buffer }) => plainFile(buffer));
      const received = await receiveObjection(database, config.QINGLAN_SECRET, at, form, files);
      await caseWaker(temporal, database)(received.objectionId, at.toISOString()).catch(() =>
        log.warn('an objection waits for its workflow'),
      );
      sendPage(response, 201, notice, receiptPage(received.receipt));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { code, values } = error.toReason();
      const why = { zh: say(code, 'zh', values), en: say(code, 'en', values) };
      sendPage(response, 422, notice, refusalPage(id, why));
    }
  });

  router.get('/objections/state', (_request, response) => sendPage(response, 200, hidden, askingPage(false)));

  router.post('/objections/state', limitObjections, readForm, async (request, response) => {
    const { receipt: sent } = (request.body ?? {}) as { receipt?: unknown };
    const receipt = typeof sent === 'string' ? sent.trim().toLowerCase() : '';
    const objection = receiptForm.test(receipt)
      ? await found(() => objectionOfReceipt(database, config.QINGLAN_SECRET, receipt))
      : null;
    if (objection === null) return sendPage(response, 404, hidden, askingPage(true));
    const { step, outcome } = await database.case.findUniqueOrThrow({ where: { id: objection.id } });
    sendPage(response, 200, hidden, statePage({ ...objection, step, outcome }));
  });
  return router;
}

/** Pages that no search engine is to show. */
const hidden = { level: 'school' };

async function found<Answer>(ask: () => Promise<Answer>): Promise<Answer | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/**
 * Reads a form with files; one without was read before.
 * @throws Refusal INVALID_INPUT for too many or too large ones
 */
function readParts(request: Request, response: Response): Promise<void> {
  if (!request.is('multipart/form-data')) return Promise.resolve();
  return new Promise((resolve, reject) => {
    void readFiles(request, response, (error: unknown) =>
      error ? reject(new Refusal({ code: 'INVALID_INPUT', values: { count: 1 } })) : resolve(),
    );
  });
}

/** What the form says, or null when a field lacks or is too long; name and contact stand together or not at all. */
function formOf(noticeId: string, sent: Record<string, unknown>): ObjectionForm | null {
  const text = (field: string) => (typeof sent[field] === 'string' ? sent[field].trim() : '');
  const entry = Number(text('entry'));
  const [facts, name, reachedBy] = [text('facts'), text('name'), text('reachedBy')];
  const isWhole =
    Number.isInteger(entry) && entry >= 1 && facts.length >= 10 && (name === '') === (reachedBy === '');
  const isShort = Object.entries(longest).every(([field, most]) => text(field).length <= most);
  if (!isWhole || !isShort) return null;
  return { noticeId, entry, facts, ...(name !== '' && { contact: { name, reachedBy } }) };
}

function missing(response: Response): void {
  sendPage(response, 404, hidden, `      <p>${both(texts.none)}</p>`);
}

function sendPage(response: Response, status: number, notice: { level: string }, body: string): void {
  const isHidden = Object.keys(robotsOf(notice)).length > 0;
  response
    .status(status)
    // A form of a page that sends no referrer at all comes without its origin, and would be refused.
    .set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'same-origin', ...robotsOf(notice) })
    .type('html')
    .send(page(isHidden, body));
}

function page(isHidden: boolean, body: string): string {
  return `<!doctype html>
<html lang="zh-CN">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    ${isHidden ? '<meta name="robots" content="noindex, nofollow, noarchive" />' : ''}
    <title>${texts.notice.zh} ${texts.notice.en} · 青蓝</title>
    <style>
      body { max-width: 50rem; margin: 0 auto; padding: 1rem; color: #1a1a1a; background: #fff; line-height: 1.6; font-family: system-ui, sans-serif; }
      .wide { overflow-x: auto; }
      table { border-collapse: collapse; width: 100%; }
      th, td { border: 1px solid #595959; padding: 0.4rem; text-align: start; }
      input, select, textarea, button { font: inherit; width: 100%; box-sizing: border-box; padding: 0.5rem; }
      code { overflow-wrap: anywhere; }
      :focus-visible { outline: 3px solid #0b57d0; }
    </style>
  </head>
  <body>
    <main>
${body}
    </main>
  </body>
</html>
`;
}

/** A text in both languages, the second marked for who reads the page aloud. */
function both({ zh, en }: Text): string {
  return `${escape(zh)} <span lang="en">${escape(en)}</span>`;
}

function noticePage(id: string, notice: PublishedNotice): string {
  const { firstDay, lastDay, closes, office, telephone, howToObject, entries, attachments, hash } = notice;
  const told = entries.some((entry) => entry.birthYear !== undefined);
  const columns = [texts.number, texts.name, texts.school, texts.subject, texts.rank];
  const header = [...columns, ...(told ? [texts.sexAndYear] : [])].map(
    (column) => `<th scope="col">${both(column)}</th>`,
  );
  const options = entries.map(
    ({ number, name, school }) =>
      `<option value="${number}">${number} ${escape(name)}（${escape(school)}）</option>`,
  );
  const json = `/api/v1/public/notices/${id}`;
  const files = attachments.map(
    (file) =>
      `<li><a href="${json}/attachments/${file.hash}">${escape(file.name)}</a>（${Math.ceil(file.bytes / 1024)} KB） SHA-256 <code>${file.hash}</code></li>`,
  );
  return `      <h1>${both(notice.level === 'school' ? texts.schoolNotice : texts.notice)}</h1>
      <p>${both(texts.days)}：自 <time datetime="${firstDay}">${firstDay}</time> 至 <time datetime="${lastDay}">${lastDay}</time> ${escape(closes)}${both(texts.beijingTime)}</p>
      ${notice.restartedAs === null ? '' : `<p><strong><a href="/notices/${notice.restartedAs}">${both(texts.restarted)}</a></strong></p>`}
      <h2 id="names">${both(texts.names)}</h2>
      <div class="wide" role="region" aria-labelledby="names" tabindex="0">
      <table>
        <caption>共 ${entries.length} 人 <span lang="en">${entries.length} in all</span></caption>
        <thead><tr>${header.join('')}</tr></thead>
        <tbody>${entries.map((entry) => rowOf(entry, told)).join('')}</tbody>
      </table>
      </div>
      ${files.length === 0 ? '' : `<h2>${both(texts.attachments)}</h2>\n      <ul>${files.join('')}</ul>`}
      <h2>${both(texts.contact)}</h2>
      <p>${both(texts.office)}：${escape(office)}；${both(texts.telephone)}：${escape(telephone)}。${escape(howToObject)}</p>
      <h2 id="object">${both(texts.object)}</h2>
      <form method="post" action="/notices/${id}/objections" enctype="multipart/form-data" aria-labelledby="object">
        <p><label for="entry">${both(texts.whom)}</label><br /><select id="entry" name="entry" required>${options.join('')}</select></p>
        <p><label for="facts">${both(texts.facts)}</label><br /><textarea id="facts" name="facts" rows="8" minlength="10" maxlength="${longest.facts}" required></textarea></p>
        <p><label for="name">${both(texts.writer)}</label><br /><input id="name" name="name" maxlength="${longest.name}" autocomplete="off" /></p>
        <p><label for="reachedBy">${both(texts.reachedBy)}</label><br /><input id="reachedBy" name="reachedBy" maxlength="${longest.reachedBy}" autocomplete="off" /></p>
        <p><label for="files">${both(texts.files)}</label><br /><input id="files" name="files" type="file" multiple accept=".jpg,.jpeg,.png,.pdf" /></p>
        <p>${both(texts.kept)}</p>
        <p><button type="submit">${both(texts.send)}</button></p>
      </form>
      <p><a href="/objections/state">${both(texts.askLink)}</a></p>
      <p>${both(texts.hash)}：<code>${escape(hash)}</code></p>
      <p>${both(texts.hashHow)} <a href="${json}">${both(texts.hashJson)}</a> · <a href="/docs">${both(texts.hashDocs)}</a></p>`;
}

function rowOf(entry: PublishedNotice['entries'][number], told: boolean): string {
  const subject = (subjects as Readonly<Record<string, Text>>)[entry.subject]?.zh ?? entry.subject;
  const correction = entry.correctedAs
    ? ` <strong><a href="/notices/${entry.correctedAs}">${both(texts.corrected)}</a></strong>`
    : '';
  const sex = entry.sex === undefined ? '' : texts[entry.sex === 'female' ? 'female' : 'male'].zh;
  const cells = [entry.school, subject].map((text) => `<td>${escape(text)}</td>`).join('');
  const apart = told ? `<td>${sex} ${escape(entry.birthYear ?? '')}</td>` : '';
  return `<tr><td>${entry.number}</td><th scope="row">${escape(entry.name)}</th>${cells}<td>${escape(entry.rank)}${correction}</td>${apart}</tr>`;
}

function receiptPage(receipt: string): string {
  return `      <h1>${both(texts.received)}</h1>
      <p>${both(texts.keepReceipt)}</p>
      <p><code>${receipt}</code></p>
      <p><a href="/objections/state">${both(texts.askLink)}</a></p>`;
}

function refusalPage(id: string, why: Text): string {
  return `      <h1>${both(texts.notSent)}</h1>
      <p role="alert">${both(why)}</p>
      <p>${both(texts.checkForm)}</p>
      <p><a href="/notices/${id}">${both(texts.back)}</a></p>`;
}

function askingPage(wasUnknown: boolean): string {
  return `      <h1>${both(texts.ask)}</h1>
      ${wasUnknown ? `<p role="alert">${both(texts.noReceipt)}</p>` : ''}
      <form method="post" action="/objections/state">
        <p><label for="receipt">${both(texts.receipt)}</label><br /><input id="receipt" name="receipt" required minlength="40" maxlength="60" autocomplete="off" spellcheck="false" /></p>
        <p><button type="submit">${both(texts.askButton)}</button></p>
      </form>`;
}

/** How an objection stands, as its writer may know it; nothing of who investigates. */
interface ShownState {
  readonly step: string;
  readonly outcome: string | null;
  readonly handling: string;
  readonly receivedAt: Date;
  readonly withdrawnAt: Date | null;
  readonly finding: unknown;
  readonly decidedOn: string | null;
  readonly reviewUntil: Date | null;
}

function statePage({ step, outcome, handling, receivedAt, withdrawnAt, ...state }: ShownState): string {
  const finding = state.finding as Finding | null;
  const named = (names: Readonly<Record<string, Text>>, code: string) => both(names[code] ?? sameText(code));
  const time = (instant: Date) => `<time datetime="${instant.toISOString()}">${moment(instant)}</time>`;
  const rows: readonly (readonly [Text, string] | false)[] = [
    [texts.receivedAt, time(receivedAt)],
    [texts.handling, named(handlingNames, handling)],
    [texts.step, outcome === null ? named(stepNames, step) : both(texts.ended)],
    outcome !== null && [texts.outcome, named(outcomeNames, outcome)],
    state.decidedOn !== null && [texts.decidedOn, state.decidedOn],
    finding !== null && [texts.factsFound, escape(finding.facts)],
    finding !== null && [texts.rule, escape(finding.rule)],
    finding !== null && [texts.result, escape(finding.result)],
    state.reviewUntil !== null && [texts.reviewUntil, time(state.reviewUntil)],
  ];
  const cells = rows.flatMap((row) =>
    row === false ? [] : [`<tr><th scope="row">${both(row[0])}</th><td>${row[1]}</td></tr>`],
  );
  return `      <h1>${both(texts.ask)}</h1>
      ${withdrawnAt === null ? '' : `<p>${both(texts.withdrawn)}</p>`}
      <table><tbody>${cells.join('')}</tbody></table>
      <p><a href="/objections/state">${both(texts.askAgain)}</a></p>`;
}

function sameText(text: string): Text {
  return { zh: text, en: text };
}

function escape(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
