import type { Message } from 'millrace';

const DOLLARS = { style: 'currency', currency: 'USD' } as const;
const WITH_CENTS = new Intl.NumberFormat('en', DOLLARS);
/** Of small sums the first two digits count. */
const SMALL = new Intl.NumberFormat('en', { ...DOLLARS, minimumSignificantDigits: 2, maximumSignificantDigits: 2 });
const dollars = (sum: number): string => (sum < 0.1 ? SMALL : WITH_CENTS).format(sum);
const count = (tokens: number): string => tokens.toLocaleString('en');

/** What one message took. */
export function UsageLine({ usage: { inputTokens, outputTokens, cachedInputTokens = 0, reasoningTokens = 0, cost } }: { usage: NonNullable<Message['usage']> }) {
  return (
    <p className="usage">
      {count(outputTokens)} tokens written{reasoningTokens > 0 && ` (${count(reasoningTokens)} of them reasoning)`},{' '}
      {count(inputTokens)} read{cachedInputTokens > 0 && ` (${count(cachedInputTokens)} from the cache)`}
      {cost !== undefined && `, ${dollars(cost)}`}
    </p>
  );
}

/** What a whole conversation took, with the versions that are not shown. Nothing as long as that is nothing. */
export function usageOfConversation({ promptTokens, completionTokens, cost }: { promptTokens: number; completionTokens: number; cost: number }): string {
  if (promptTokens + completionTokens === 0) return '';
  return `${count(completionTokens)} tokens written, ${count(promptTokens)} read${cost > 0 ? `, ${dollars(cost)}` : ''}`;
}
