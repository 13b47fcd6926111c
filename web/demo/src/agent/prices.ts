import type { Message } from 'millrace';

/** US dollars for a million tokens. */
interface Price { readonly input: number; readonly cachedInput: number; readonly output: number }

/** Of the models that the demo knows. The demo's own model costs nothing; its price is there to have a figure to show. */
const PRICES: Readonly<Record<string, Price>> = {
  'millrace-demo': { input: 0.4, cachedInput: 0.1, output: 1.6 },
  'gpt-4o': { input: 2.5, cachedInput: 1.25, output: 10 },
  'gpt-4o-mini': { input: 0.15, cachedInput: 0.075, output: 0.6 },
  'gpt-4.1': { input: 2, cachedInput: 0.5, output: 8 },
  'gpt-4.1-mini': { input: 0.4, cachedInput: 0.1, output: 1.6 },
};

/** In US dollars. Undefined: the price of that model is not known. Reasoning is part of what is written. */
export function costOf(model: string, { inputTokens, outputTokens, cachedInputTokens = 0 }: NonNullable<Message['usage']>): number | undefined {
  const price = Object.hasOwn(PRICES, model) ? PRICES[model] : undefined;
  if (price === undefined) return undefined;
  return ((inputTokens - cachedInputTokens) * price.input + cachedInputTokens * price.cachedInput + outputTokens * price.output) / 1e6;
}
