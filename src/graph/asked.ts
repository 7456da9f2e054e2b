/** What was asked, for the words of a failure, and what goes with each page of it. */
export interface Asked {
  readonly service: string;
  readonly permissions: readonly string[];
  readonly licence?: string;
  /** What the user of the service must know, such as its end. */
  readonly notice?: string;
  /** Whether the request followed a page link, whose token can have expired. */
  readonly followsLink: boolean;
  /** Records on a page, where Graph is told by a header and not by the address. */
  readonly maxPageSize?: number | undefined;
  /** Whether the user's own `additional_filter` is part of it. */
  readonly hasAdditionalFilter: boolean;
}
