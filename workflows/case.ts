import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  patched,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { decisionRule, type CaseKind, type CaseState } from '../domain/cases.js';
import { describeCase } from '../domain/case-names.js';
import type { Instant } from '../domain/dates.js';
import { carryOut, decide, loadCase, wakeCases } from './activities.js';
import { BusinessClock } from './clock.js';
import {
  decisionUpdate,
  reload,
  state,
  wake,
  type CaseInput,
  type DecisionReply,
  type DecisionRequest,
} from './messages.js';
import { attributeKeys } from './search-attributes.js';

/** How many cases are woken in one local activity, so that it stays well under its time-out. */
const wokenAtOnce = 40;

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/**
 * Opens a case: registers its decisions, then reads its row. Decisions and transitions run one at a time; each is
 * one transaction, and the case adopts the whole new state that it returns.
 * @param kind the kind of the case, which is also the workflow's name
 * @param input the id of the case
 * @returns the case, at whichever step its row says
 */
export async function openCase(
  kind: CaseKind,
  input: CaseInput,
  decisions: readonly string[],
): Promise<OpenCase> {
  const opened = new OpenCase(kind, input, decisions);
  await opened.load();
  return opened;
}

/** A date that a case waited for and is past. */
interface PassedDate {
  readonly date: Instant;
  /**
   * Whether this run had heard that the date has come. A task that took longer than Temporal waits is done again, from an
   * earlier reading of the clock, and finds in the row that the transition of the date has been carried out.
   */
  readonly hadCome: boolean;
}

class OpenCase {
  private state: CaseState | null = null;
  private clock: BusinessClock | null = null;
  private heardBeforeLoading = '';
  private news = false;
  private mustReload = false;
  private toWake: string[] = [];
  private lastTurn: Promise<unknown> = Promise.resolve();
  private published = '';

  constructor(
    private readonly kind: CaseKind,
    private readonly input: CaseInput,
    decisions: readonly string[],
  ) {
    setHandler(state, () => this.state);
    setHandler(wake, (message) => {
      if (!isMessage(message)) return;
      this.hear(message.at);
      this.news = true;
    });
    setHandler(reload, (message) => {
      if (!isMessage(message)) return;
      this.hear(message.at);
      this.mustReload = true;
    });
    for (const name of decisions) {
      setHandler(decisionUpdate(name), (request: DecisionRequest) => this.takeDecision(name, request), {
        validator: (request: DecisionRequest) => {
          checkForm(request);
          this.checkTurn(name);
        },
      });
    }
  }

  /** Reads the row; also what `reload` asks for. */
  async load(): Promise<void> {
    const loaded = await this.inTurn(() => loadCase({ kind: this.kind, id: this.input.id }));
    this.mustReload = false;
    this.clock ??= new BusinessClock(loaded.clock);
    this.hear(loaded.clock.now);
    if (this.heardBeforeLoading) this.hear(this.heardBeforeLoading);
    this.news ||= loaded.news;
    this.adopt(loaded.state);
  }

  /** True while the case stands at the step. */
  isAt(step: string): boolean {
    return this.state !== null && !this.state.closed && this.state.step === step;
  }

  /**
   * Stays in the step until a decision or the transition has moved the case on; returns at once when it is past it.
   * Whenever the case's time has come or it has news, the transition is carried out.
   * @param endsRun whether the workflow continues as a new run after the transition of a date
   */
  async step(
    step: string,
    transition: string,
    endsRun: (due: Instant) => boolean = () => false,
  ): Promise<void> {
    while (this.isAt(step)) {
      await this.somethingToDo(step);
      const passed = await this.attend(step, transition);
      const endsHere =
        passed !== null && endsRun(passed.date) && (passed.hadCome || patched('dates-found-passed'));
      if (this.isAt(step) && (endsHere || workflowInfo().continueAsNewSuggested)) await this.startAfresh();
    }
  }

  /** Waits for the first decision of a case that has no row yet; when it was refused, there is no case. */
  async exists(): Promise<boolean> {
    await condition(() => this.state !== null || allHandlersFinished());
    await condition(allHandlersFinished);
    return this.state !== null;
  }

  /** Continues as a new run of the same case, which starts from its row. */
  async startAfresh(): Promise<void> {
    await this.end();
    await continueAsNew<(input: CaseInput) => Promise<void>>(this.input);
  }

  /** Lets every caller have its answer and wakes whom the last transaction concerned. */
  async end(): Promise<void> {
    do {
      await this.wakeOthers();
      await condition(allHandlersFinished);
    } while (this.toWake.length > 0);
  }

  /** Does what there is to do; returns the date that the case is past by it, else null. */
  private async attend(step: string, transition: string): Promise<PassedDate | null> {
    if (this.mustReload) await this.load();
    else if (this.toWake.length > 0) await this.wakeOthers();
    else if (this.isAt(step)) return this.carryOut(step, transition);
    return null;
  }

  /**
   * Carries out the transition now, if the case stands at the step.
   * @returns the date that the case is past by it, if any
   */
  carryOut(step: string, transition: string): Promise<PassedDate | null> {
    this.news = false;
    return this.inTurn(async () => {
      if (!this.isAt(step)) return null;
      const { id, sequence, wakeAt } = this.state!;
      const at = this.clock!.now();
      const carried = await carryOut({ id, transition, sequence, at });
      this.take(carried.state, carried.wake);
      if (wakeAt === null) return null;
      const hadCome = wakeAt <= at;
      const isPast = carried.state.wakeAt !== null && carried.state.wakeAt > wakeAt;
      return hadCome || isPast ? { date: wakeAt, hadCome } : null;
    });
  }

  private async somethingToDo(step: string): Promise<void> {
    const isDue = () => this.state?.wakeAt != null && this.clock!.hasReached(this.state.wakeAt);
    const ready = () => !this.isAt(step) || this.news || this.mustReload || this.toWake.length > 0 || isDue();
    while (!ready()) {
      const { wakeAt, waitingFor } = this.state!;
      const timer = wakeAt === null ? null : this.clock!.timerTo(wakeAt);
      if (timer === null) await condition(ready);
      else
        await conditionOrTimer(
          () => ready() || this.state?.wakeAt !== wakeAt,
          timer,
          `${step}: ${waitingFor ?? 'clock'}`,
        );
    }
  }

  private checkTurn(name: string): void {
    if (this.state === null) return;
    const rule = decisionRule(this.kind, name);
    if (this.state.closed || !rule?.during.includes(this.state.step))
      throw ApplicationFailure.nonRetryable(`not during ${this.state.step}`, 'WRONG_STEP');
  }

  private async takeDecision(name: string, request: DecisionRequest): Promise<DecisionReply> {
    this.hear(request.at);
    await condition(() => this.clock !== null);
    return this.inTurn(async () => {
      const decided = await decide({
        kind: this.kind,
        id: this.input.id,
        decision: name,
        submissionId: request.submissionId,
        sequence: this.state?.sequence ?? 0,
        at: this.clock!.now(),
      });
      this.take(decided.state, decided.wake);
      return { status: decided.status };
    });
  }

  private inTurn<Result>(turn: () => Promise<Result>): Promise<Result> {
    const result = this.lastTurn.then(turn, turn);
    this.lastTurn = result.catch(() => undefined);
    return result;
  }

  private take(next: CaseState | null, wakeNext: readonly string[]): void {
    this.toWake.push(...wakeNext.filter((id) => !this.toWake.includes(id)));
    this.adopt(next);
  }

  private adopt(next: CaseState | null): void {
    if (next === null || (this.state !== null && next.sequence < this.state.sequence)) return;
    this.state = next;
    this.publish(next);
  }

  /** Search attributes cost an event, so they are written only when what they show has changed. */
  private publish(next: CaseState): void {
    setCurrentDetails(describeCase(next));
    const shown = JSON.stringify([next.stage, next.step, next.waitingFor, next.dueAt]);
    const wasStartedWithThem =
      this.published === '' &&
      workflowInfo().typedSearchAttributes.get(attributeKeys.Stage) === (next.stage ?? next.step);
    if (shown !== this.published && !wasStartedWithThem)
      upsertSearchAttributes([
        { key: attributeKeys.OwnerId, value: next.ownerId },
        { key: attributeKeys.OrganisationId, value: next.organisationId },
        { key: attributeKeys.RoundId, value: next.roundId },
        { key: attributeKeys.Rank, value: next.rank },
        { key: attributeKeys.Subject, value: next.subject },
        { key: attributeKeys.Stage, value: next.stage ?? next.step },
        { key: attributeKeys.WaitingFor, value: next.closed ? null : next.waitingFor },
        { key: attributeKeys.DueAt, value: next.closed || next.dueAt === null ? null : new Date(next.dueAt) },
      ]);
    this.published = shown;
  }

  private async wakeOthers(): Promise<void> {
    while (this.toWake.length > 0) {
      const caseIds = this.toWake.splice(0, wokenAtOnce);
      await wakeCases({ caseIds, at: this.clock!.now() });
    }
  }

  private hear(at: string): void {
    if (this.clock) this.clock.hear(at);
    else if (at > this.heardBeforeLoading) this.heardBeforeLoading = at;
  }
}

/** A signal of another form, sent by hand, would fail the workflow task for ever; it is left alone. */
function isMessage(message: Partial<{ at: string }> | undefined): boolean {
  return instant.test(String(message?.at));
}

/** An Update of another form would fail the workflow task, or be tried for ever, and its case would stand still. */
function checkForm(request: Partial<DecisionRequest> | undefined): void {
  const isRequest = uuid.test(String(request?.submissionId)) && instant.test(String(request?.at));
  if (!isRequest) throw ApplicationFailure.nonRetryable('not a request of this service', 'MALFORMED_REQUEST');
}

/** Waits for the condition or the timer; the timer that lost is cancelled, so that none is left open. */
async function conditionOrTimer(ready: () => boolean, milliseconds: number, summary: string): Promise<void> {
  const scope = new CancellationScope();
  await scope.run(async () => {
    const timer = sleep(milliseconds, { summary }).catch(() => undefined);
    const fulfilled = condition(ready).catch(() => undefined);
    await Promise.race([timer, fulfilled]);
  });
  scope.cancel();
}
