import { simpleParser, type ParsedMail } from 'mailparser';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

/** What the server does at a moment instead of going on: answers a code, or drops the connection. */
type Trouble = 'drop' | 421 | 451 | 550 | 554;
/** `afterData` comes when the whole mail is there and its 250 is not yet said. */
type Moment = 'connect' | 'mailFrom' | 'rcptTo' | 'afterData';

/** A mail that was there as a whole, whether its sender learned of it or not. */
export interface ReceivedMail {
  readonly to: string;
  readonly mail: ParsedMail;
}

/** A mail server on this machine that can make trouble. */
export class MailServer {
  readonly received: ReceivedMail[] = [];
  connections = 0;
  private readonly troubles: { moment: Moment; trouble: Trouble; to: string | null; left: number }[] = [];
  private readonly sockets = new Map<number, Socket>();

  private constructor(private readonly server: SMTPServer) {}

  static async start(): Promise<MailServer> {
    const made: SMTPServer = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      authOptional: true,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) =>
        username === 'qinglan' && password === 'p@ss'
          ? done(null, { user: username })
          : done(Object.assign(new Error('no'), { responseCode: 535 })),
      onConnect: (session, done) => self.meet('connect', session, null, done),
      onMailFrom: (_address, session, done) => self.meet('mailFrom', session, null, done),
      onRcptTo: ({ address }, session, done) => self.meet('rcptTo', session, address, done),
      onData: (stream, session, done) => {
        const to = session.envelope.rcptTo[0]!.address;
        void simpleParser(stream).then((mail) => {
          self.received.push({ to, mail });
          self.meet('afterData', session, to, done);
        });
      },
    });
    const self = new MailServer(made);
    made.on('error', () => {});
    made.server.on('connection', (socket: Socket) => {
      self.connections += 1;
      self.sockets.set(socket.remotePort!, socket);
    });
    await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
    return self;
  }

  /** With the user and the password that it asks for. */
  get url(): string {
    return `smtp://qinglan:p%40ss@127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
  }

  /**
   * Makes trouble so many times.
   * @param to only for this addressee
   */
  makeTrouble(moment: Moment, trouble: Trouble, left: number, to: string | null = null): void {
    this.troubles.push({ moment, trouble, to, left });
  }

  endTrouble(): void {
    this.troubles.length = 0;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.server.close(resolve));
  }

  private meet(
    moment: Moment,
    session: SMTPServerSession,
    to: string | null,
    done: (error?: Error | null) => void,
  ): void {
    const met = this.troubles.find(
      (each) => each.moment === moment && each.left > 0 && (each.to === null || each.to === to),
    );
    if (met === undefined) return done();
    met.left -= 1;
    if (met.trouble === 'drop') this.sockets.get(session.remotePort)!.destroy();
    // Servers repeat the address.
    else done(Object.assign(new Error(`${to} is not here`), { responseCode: met.trouble }));
  }
}
