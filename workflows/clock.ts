import type { ClockReading } from '../domain/clock-reading.js';

/**
 * Business time as a workflow knows it. On a real instance it is Temporal's time. A rehearsal's stands still until
 * a message brings a later reading, so waits compare instants again after each message.
 */
export class BusinessClock {
  private readonly mode: ClockReading['mode'];
  private reading: string;

  constructor(reading: ClockReading) {
    this.mode = reading.mode;
    this.reading = reading.now;
  }

  /** Takes the time that a message brings; an earlier one changes nothing. */
  hear(at: string): void {
    if (at > this.reading) this.reading = at;
  }

  now(): string {
    return this.mode === 'real' ? new Date().toISOString() : this.reading;
  }

  hasReached(instant: string): boolean {
    return this.now() >= instant;
  }

  /** Milliseconds for a Temporal timer to the instant; null on a rehearsal, where only the clock's message counts. */
  timerTo(instant: string): number | null {
    return this.mode === 'real' ? Math.max(0, Date.parse(instant) - Date.now()) : null;
  }
}
