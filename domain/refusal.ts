/** A plain value that a refusal or an outcome may show: what was found, what was required. */
export type RefusalValue = string | number | boolean | null | readonly string[];

/** Why something was refused or why a candidate did not go on, in a form that texts/ renders in any language. */
export interface Reason {
  /** Key of the catalogue in texts/, e.g. `OVER_QUOTA`. */
  readonly code: string;
  /** Id of the rule in docs/rules.md, e.g. `Q8`. */
  readonly rule?: string;
  /** The values that the rule looked at, by name. */
  readonly values?: Readonly<Record<string, RefusalValue>>;
  /** The clause of the scheme, as its document words it. */
  readonly clause?: string;
  /** Single faults, when there are several, each with its place in the input. */
  readonly faults?: readonly Fault[];
}

/** One fault in an input: where it stands and why it is one. */
export interface Fault {
  /** Place in the input: a JSON path, a `sheet!cell`, or a `line:column`. */
  readonly at: string;
  readonly code: string;
  readonly values?: Readonly<Record<string, RefusalValue>>;
}

/** Thrown when a rule refuses what was asked. Whoever catches it has nothing to undo: nothing was written. */
export class Refusal extends Error implements Reason {
  override readonly name = 'Refusal';
  readonly code: string;
  readonly rule?: string;
  readonly values?: Readonly<Record<string, RefusalValue>>;
  readonly clause?: string;
  readonly faults?: readonly Fault[];

  constructor(reason: Reason) {
    super(reason.code);
    this.code = reason.code;
    this.rule = reason.rule;
    this.values = reason.values;
    this.clause = reason.clause;
    this.faults = reason.faults;
  }

  /** The refusal as plain data, to store or to send. */
  toReason(): Reason {
    const { code, rule, values, clause, faults } = this;
    return { code, rule, values, clause, faults };
  }
}
