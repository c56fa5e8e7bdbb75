import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Search attributes of every workflow: the one list that registers them, in production and in tests. */
export const searchAttributes = {
  /** Organisation that runs the scheme. */
  OwnerId: 'Keyword',
  RoundId: 'Keyword',
  /** Organisation that the case belongs to: a school, or the owner itself. */
  OrganisationId: 'Keyword',
  Rank: 'Keyword',
  Subject: 'Keyword',
  /** Stage of the scheme that the case is a run of, else the step of the case. */
  Stage: 'Keyword',
  /** Role whose turn it is. */
  WaitingFor: 'Keyword',
  /** Until when that role has time. */
  DueAt: 'Datetime',
} as const;

export type SearchAttributeName = keyof typeof searchAttributes;

export const attributeKeys = {
  OwnerId: defineSearchAttributeKey('OwnerId', SearchAttributeType.KEYWORD),
  RoundId: defineSearchAttributeKey('RoundId', SearchAttributeType.KEYWORD),
  OrganisationId: defineSearchAttributeKey('OrganisationId', SearchAttributeType.KEYWORD),
  Rank: defineSearchAttributeKey('Rank', SearchAttributeType.KEYWORD),
  Subject: defineSearchAttributeKey('Subject', SearchAttributeType.KEYWORD),
  Stage: defineSearchAttributeKey('Stage', SearchAttributeType.KEYWORD),
  WaitingFor: defineSearchAttributeKey('WaitingFor', SearchAttributeType.KEYWORD),
  DueAt: defineSearchAttributeKey('DueAt', SearchAttributeType.DATETIME),
} as const satisfies Record<SearchAttributeName, unknown>;
