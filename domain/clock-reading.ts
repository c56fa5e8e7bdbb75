/** How an instance's business time is read: the server's on a real one, a standing clock on a rehearsal. */
export interface ClockReading {
  readonly mode: 'real' | 'rehearsal';
  /** The rehearsal's time when it was read; the server's on a real instance. */
  readonly now: string;
}
