import SMTPConnection from 'nodemailer/lib/smtp-connection';

/** Milliseconds that a mail server may take to let a client in, and to answer a command. */
const patience = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };
/** Milliseconds that one mail may take; a server that trickles must not hold up the others. */
const mailTimeout = 60_000;

/** The server cannot be used at all; its message is a code, and nothing that the server said. */
export class MailServerAway extends Error {
  override readonly name = 'MailServerAway';
  constructor(readonly failure: string) {
    super(failure);
  }
}

/** The server did not take one mail. */
export class MailNotTaken extends Error {
  override readonly name = 'MailNotTaken';
  constructor(
    /** The reply's code such as `451`, or the connection's such as `ECONNECTION`. */
    readonly failure: string,
    /** Whether it will never take it. */
    readonly isForGood: boolean,
  ) {
    super(failure);
  }
}

/** A way for mails to one server; a connection is made when the first is sent. */
export interface MailConnection {
  /**
   * Connects and signs in, unless there is a connection.
   * @throws MailServerAway
   */
  open(): Promise<void>;
  /**
   * Brings one mail to the server, over the connection that `open` made.
   * @throws MailNotTaken when this mail was refused or its fate is unknown; MailServerAway when no mail would be taken
   */
  send(mail: { readonly from: string; readonly to: string; readonly content: Buffer }): Promise<void>;
  close(): void;
}

/**
 * Prepares the way to a mail server. A password goes over TLS only, except within this machine.
 * @param smtpUrl `smtp://` (STARTTLS where the server has it) or `smtps://`, with user and password where it wants them
 */
export function mailConnection(smtpUrl: string): MailConnection {
  const url = new URL(smtpUrl);
  const secure = url.protocol === 'smtps:';
  const host = url.hostname.replace(/^\[(.+)\]$/, '$1');
  const credentials = url.username
    ? { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) }
    : null;
  const isThisMachine = ['localhost', '127.0.0.1', '::1'].includes(host);
  let connection: SMTPConnection | null = null;
  // Tells whoever waits for an answer that the present connection has broken; an older one's end is no news.
  let present: SMTPConnection | null = null;
  let hasBroken: (error: SmtpError) => void = () => {};

  return { open, send, close };

  async function open(): Promise<void> {
    if (connection !== null) return;
    const next = new SMTPConnection({
      host,
      port: url.port ? Number(url.port) : secure ? 465 : 587,
      secure,
      requireTLS: credentials !== null && !secure && !isThisMachine,
      ...patience,
    });
    present = next;
    next.on('error', (error: SmtpError) => {
      if (present === next) hasBroken(error);
    });
    next.on('end', () => {
      if (connection === next) connection = null;
    });
    try {
      await answered((done) => next.connect(done));
      if (credentials) await answered((done) => next.login({ credentials }, done));
    } catch (error) {
      next.close();
      throw new MailServerAway(failureOf(error as SmtpError));
    }
    connection = next;
  }

  async function send(mail: { readonly from: string; readonly to: string; readonly content: Buffer }) {
    const { from, to, content } = mail;
    try {
      if (connection === null) throw Object.assign(new Error(), { code: 'ECONNECTION' });
      const used = connection;
      await answered((done) => used.send({ from, to: [to] }, content, done), mailTimeout);
    } catch (error) {
      connection?.close();
      connection = null;
      const { command, responseCode = 0 } = error as SmtpError;
      const failure = failureOf(error as SmtpError);
      // The sender is the same for every mail.
      if (command === 'MAIL FROM' && responseCode > 0) throw new MailServerAway(failure);
      throw new MailNotTaken(failure, responseCode >= 500 && (command === 'RCPT TO' || command === 'DATA'));
    }
  }

  function close(): void {
    connection?.quit();
    connection = null;
  }

  /** Waits for a command's answer, for the connection to break, or for the time to be up. */
  async function answered(
    call: (done: (error?: SmtpError | null) => void) => void,
    milliseconds = 2 * patience.socketTimeout,
  ): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        hasBroken = reject;
        const late = Object.assign(new Error(), { code: 'ETIMEDOUT' });
        timer = setTimeout(() => reject(late), milliseconds);
        call((error) => (error ? reject(error) : resolve()));
      });
    } finally {
      clearTimeout(timer);
      hasBroken = () => {};
    }
  }
}

interface SmtpError extends Error {
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
}

/** A code without a word of what the server said: that may hold an address. */
function failureOf({ code, responseCode }: SmtpError): string {
  if (responseCode) return String(responseCode);
  return /^E[A-Z]+$/.test(code ?? '') ? code! : 'UNKNOWN';
}
