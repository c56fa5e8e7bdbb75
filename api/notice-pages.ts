import { Router, urlencoded, type RequestHandler, type Response } from 'express';
import { Refusal } from '../domain/refusal.js';
import { readClock } from '../records/instance.js';
import { publishedNotice, type PublishedNotice } from '../records/notices.js';
import { receiveObjection, type ObjectionForm } from '../records/objections.js';
import { subjects } from '../domain/vocabulary.js';
import { caseWaker } from '../temporal/wake-case.js';
import { say } from '../texts/catalogue.js';
import type { Dependencies } from './dependencies.js';
import { robotsOf } from './routes/notices.js';

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const readForm = urlencoded({ extended: false, limit: '64kb' });
const longest = { facts: 10_000, name: 1000, reachedBy: 1000 } as const;

/**
 * The pages that everybody can read without signing in and without a script: a notice at `/notices/{id}`, with the form
 * to object to one of its names. Rules N5, N6, N8, D8.
 * @param limitObjections limits how often one address may send the form
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
    const form = formOf(id, (request.body ?? {}) as Record<string, unknown>);
    try {
      if (form === null) throw new Refusal({ code: 'INVALID_INPUT', values: { count: 1 } });
      const { objectionId, receipt } = await receiveObjection(database, config.QINGLAN_SECRET, at, form);
      await caseWaker(temporal, database)(objectionId, at.toISOString()).catch(() =>
        log.warn('an objection waits for its workflow'),
      );
      sendPage(response, 201, notice, receiptPage(receipt));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { code, values } = error.toReason();
      sendPage(response, 422, notice, refusalPage(id, say(code, 'zh', values), say(code, 'en', values)));
    }
  });
  return router;
}

async function found<Answer>(ask: () => Promise<Answer>): Promise<Answer | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
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
  const body =
    '<p>没有这份公示，或已撤下。 <span lang="en">There is no such notice, or it has been taken down.</span></p>';
  sendPage(response, 404, { level: 'school' }, body);
}

function sendPage(response: Response, status: number, notice: { level: string }, body: string): void {
  const isHidden = Object.keys(robotsOf(notice)).length > 0;
  response
    .status(status)
    .set({ 'Cache-Control': 'no-store', ...robotsOf(notice) })
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
    <title>公示 · 青蓝</title>
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

function noticePage(id: string, notice: PublishedNotice): string {
  const { firstDay, lastDay, closes, office, telephone, howToObject, entries, hash } = notice;
  const sex = (value: string | undefined) => (value === undefined ? '' : value === 'female' ? '女' : '男');
  const told = entries.some((entry) => entry.birthYear !== undefined);
  const subjectOf = (code: string) =>
    (subjects as Readonly<Record<string, { zh: string }>>)[code]?.zh ?? code;
  const rows = entries.map(
    (entry) =>
      `<tr><td>${entry.number}</td><th scope="row">${escape(entry.name)}</th><td>${escape(entry.school)}</td><td>${escape(subjectOf(entry.subject))}</td><td>${escape(entry.rank)}${entry.correctedAs ? ` <strong>（有误，<a href="/notices/${entry.correctedAs}">另行公示</a>）</strong>` : ''}</td>${
        told ? `<td>${sex(entry.sex)} ${escape(entry.birthYear ?? '')}</td>` : ''
      }</tr>`,
  );
  const options = entries.map(
    ({ number, name, school }) =>
      `<option value="${number}">${number} ${escape(name)}（${escape(school)}）</option>`,
  );
  return `      <h1>${notice.level === 'school' ? '校内公示' : '公示'} <span lang="en">Public notice</span></h1>
      <p>公示期：自 <time datetime="${firstDay}">${firstDay}</time> 至 <time datetime="${lastDay}">${lastDay}</time> ${escape(closes)}（北京时间）。</p>
      ${notice.restartedAs === null ? '' : `<p><strong>本公示已重新发布，以<a href="/notices/${notice.restartedAs}">新的公示</a>为准。</strong></p>`}
      <h2 id="names">名单</h2>
      <div class="wide" role="region" aria-labelledby="names" tabindex="0">
      <table>
        <caption>共 ${entries.length} 人</caption>
        <thead><tr><th scope="col">序号</th><th scope="col">姓名</th><th scope="col">学校</th><th scope="col">学科</th><th scope="col">层次</th>${told ? '<th scope="col">性别、出生年份</th>' : ''}</tr></thead>
        <tbody>${rows.join('')}</tbody>
      </table>
      </div>
      <h2>联系与异议</h2>
      <p>受理：${escape(office)}，电话 ${escape(telephone)}。${escape(howToObject)}</p>
      <form method="post" action="/notices/${escape(id)}/objections">
        <p><label for="entry">对谁提出异议</label><br /><select id="entry" name="entry" required>${options.join('')}</select></p>
        <p><label for="facts">具体事实（何时、何事、如何核实；至少10字）</label><br /><textarea id="facts" name="facts" rows="8" minlength="10" maxlength="${longest.facts}" required></textarea></p>
        <p><label for="name">姓名（不填即为匿名）</label><br /><input id="name" name="name" maxlength="${longest.name}" autocomplete="off" /></p>
        <p><label for="reachedBy">联系方式</label><br /><input id="reachedBy" name="reachedBy" maxlength="${longest.reachedBy}" autocomplete="off" /></p>
        <p>姓名、联系方式和内容加密保存，只有核查人看得到；不记录您的地址。</p>
        <p><button type="submit">提交异议 <span lang="en">Send</span></button></p>
      </form>
      <p>公示内容校验值：<code>${escape(hash)}</code></p>`;
}

function receiptPage(receipt: string): string {
  return `      <h1>已收到 <span lang="en">Received</span></h1>
      <p>请保存回执，它只显示这一次，凭它可以查询办理情况、补充附件、撤回或申请复核：</p>
      <p><code>${receipt}</code></p>
      <p lang="en">Keep this receipt; it is shown only once.</p>`;
}

function refusalPage(id: string, zh: string, en: string): string {
  return `      <h1>未能提交 <span lang="en">Not sent</span></h1>
      <p>${escape(zh)}</p>
      <p lang="en">${escape(en)}</p>
      <p>请检查：选择了姓名，事实不少于10字，姓名与联系方式同时填写或同时不填。</p>
      <p><a href="/notices/${escape(id)}">返回公示</a></p>`;
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
