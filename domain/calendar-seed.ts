import { provisionalYear, type CalendarTable } from './calendar.js';
import { datesBetween } from './dates.js';

/**
 * The calendar that a new instance starts with: 2025 and 2026 as the State Council's notices arrange them, 2027
 * provisionally by its statutory days. An administrator adds the next years. Sections 3.2, 3.3.
 */
export const calendarSeed: CalendarTable = {
  years: {
    '2025': {
      rest: [
        '2025-01-01',
        ...datesBetween('2025-01-28', '2025-02-04'),
        ...datesBetween('2025-04-04', '2025-04-06'),
        ...datesBetween('2025-05-01', '2025-05-05'),
        ...datesBetween('2025-05-31', '2025-06-02'),
        ...datesBetween('2025-10-01', '2025-10-08'),
      ],
      makeUp: ['2025-01-26', '2025-02-08', '2025-04-27', '2025-09-28', '2025-10-11'],
      provisional: false,
    },
    '2026': {
      rest: [
        ...datesBetween('2026-01-01', '2026-01-03'),
        ...datesBetween('2026-02-15', '2026-02-23'),
        ...datesBetween('2026-04-04', '2026-04-06'),
        ...datesBetween('2026-05-01', '2026-05-05'),
        ...datesBetween('2026-06-19', '2026-06-21'),
        ...datesBetween('2026-09-25', '2026-09-27'),
        ...datesBetween('2026-10-01', '2026-10-07'),
      ],
      makeUp: ['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10'],
      provisional: false,
    },
    '2027': provisionalYear([
      '2027-01-01',
      ...datesBetween('2027-02-05', '2027-02-08'),
      '2027-04-05',
      '2027-05-01',
      '2027-05-02',
      '2027-06-09',
      '2027-09-15',
      ...datesBetween('2027-10-01', '2027-10-03'),
    ]),
  },
};
