import { z } from 'zod';

const url = (...schemes: string[]) =>
  z.string().refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol), {
    error: `must be a URL that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
  });
const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(least, `must be at least ${least}`).max(most, `must be at most ${most}`));

const variables = z.object({
  /** Where PostgreSQL is, e.g. `postgresql://qinglan@127.0.0.1:5432/qinglan`. */
  DATABASE_URL: url('postgresql:', 'postgres:'),
  /** Host and port of the Temporal server, e.g. `127.0.0.1:7233`. */
  TEMPORAL_ADDRESS: z.string().regex(/^[^\s/]+:\d{1,5}$/, 'must be host:port'),
  TEMPORAL_NAMESPACE: z.string().min(1).default('qinglan'),
  /** For how many days Temporal keeps the history of an ended workflow, in a namespace that is not there yet. */
  TEMPORAL_RETENTION_DAYS: wholeNumber(1, 3650).prefault('90'),
  /** Where people open the Temporal UI; without it, no links to it are given. */
  TEMPORAL_UI_URL: url('http:', 'https:').optional(),
  /** The key of everything that is stored encrypted: base64 of at least 32 random bytes. */
  QINGLAN_SECRET: z
    .string()
    .refine((text) => /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) && Buffer.from(text, 'base64').length >= 32, {
      error: 'must be base64 of at least 32 random bytes, e.g. from `openssl rand -base64 32`',
    }),
  QINGLAN_MODE: z.enum(['real', 'rehearsal']),
  /** 0 takes any free port. */
  PORT: wholeNumber(0, 65535).prefault('0'),
  HOST: z.string().min(1).default('127.0.0.1'),
  /** The address that browsers use, e.g. `https://qinglan.example.cn`; without it, the request's own host. */
  PUBLIC_URL: url('http:', 'https:').optional(),
  LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  /** How many proxies stand in front, whose `X-Forwarded-For` is believed. */
  TRUST_PROXY: wholeNumber(0, 10).prefault('0'),
  /** Open cases that a worker keeps at hand; it reads others again from their history when they are needed. */
  CACHED_WORKFLOWS: wholeNumber(50, 100_000).prefault('2000'),
  /**
   * The mail server, e.g. `smtps://user:password@smtp.example.cn`; without it, a real instance sends no mail. A password
   * goes over TLS only.
   */
  SMTP_URL: url('smtp:', 'smtps:').optional(),
  /** The address that mail comes from. */
  MAIL_FROM: z.email({ error: 'must be a mail address' }).optional(),
  /** The most mails a minute for one organisation. */
  MAIL_PER_MINUTE: wholeNumber(1, 6000).prefault('120'),
  /** Requests a minute by one account. */
  RATE_LIMIT_ACCOUNT: wholeNumber(1, 1_000_000).prefault('1200'),
  /** Requests a minute from one address; a whole school may stand behind one. */
  RATE_LIMIT_ADDRESS: wholeNumber(1, 1_000_000).prefault('6000'),
  /** Attempts to sign in a minute from one address. */
  RATE_LIMIT_SIGN_IN: wholeNumber(1, 1_000_000).prefault('600'),
});

/** Mail needs its server, its sender and the address of its link. */
const configSchema = variables.superRefine((config, context) => {
  const { SMTP_URL, MAIL_FROM, PUBLIC_URL } = config;
  if (SMTP_URL === undefined && MAIL_FROM === undefined) return;
  for (const [name, value] of Object.entries({ SMTP_URL, MAIL_FROM, PUBLIC_URL }))
    if (value === undefined) context.addIssue({ code: 'custom', path: [name], message: 'is missing' });
});

/** Names of all variables that are read. */
export const configNames: readonly string[] = Object.keys(variables.shape);

/** What the API and the worker read from the environment, by the names of the variables. */
export type Config = z.output<typeof configSchema>;

/** Thrown by `readConfig`; its message names every fault and no value. */
export class ConfigFault extends Error {
  override readonly name = 'ConfigFault';
}

/**
 * Reads the configuration from environment variables; an empty one counts as missing.
 * @param environment e.g. `process.env`
 * @throws ConfigFault with all faults at once, one a line, without any value, so that no secret is printed
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = configSchema.safeParse(given);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    if (given[name] === undefined) return `  ${name} is missing`;
    return `  ${name} ${issue.code === 'invalid_value' ? `must be one of ${issue.values.join(', ')}` : issue.message}`;
  });
  throw new ConfigFault(`The configuration cannot be used:\n${lines.join('\n')}`);
}

/** Reads the configuration of this process; a faulty one is printed, and ends the process with the code 1. */
export function configOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
