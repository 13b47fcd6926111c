/**
 * Arithmetic on numbers: + - * / ^ and parentheses. A descent over the grammar, since what a model
 * wrote is never evaluated as a program.
 *
 *   sum     := product (('+' | '-') product)*
 *   product := power (('*' | '/') power)*
 *   power   := '-' power | atom ('^' power)?
 *   atom    := number | '(' sum ')'
 */
export function calculate(expression: string): number {
  const tokens = expression.match(/\d+(?:\.\d+)?|[-+*/^()]|\S/g) ?? [];
  let next = 0;

  const take = (...wanted: string[]): string | undefined => {
    const token = tokens[next];
    if (token === undefined || !wanted.includes(token)) return undefined;
    next++;
    return token;
  };

  const atom = (): number => {
    if (take('(') !== undefined) {
      const value = sum();
      if (take(')') === undefined) throw new Error('A parenthesis is not closed.');
      return value;
    }
    const token = tokens[next++];
    const value = Number(token);
    if (token === undefined || Number.isNaN(value)) throw new Error(`A number was expected, not “${token ?? 'the end'}”.`);
    return value;
  };

  const power = (): number => {
    if (take('-') !== undefined) return -power();
    const base = atom();
    return take('^') === undefined ? base : base ** power();
  };

  const product = (): number => {
    let value = power();
    for (let sign = take('*', '/'); sign !== undefined; sign = take('*', '/')) {
      value = sign === '*' ? value * power() : value / power();
    }
    return value;
  };

  const sum = (): number => {
    let value = product();
    for (let sign = take('+', '-'); sign !== undefined; sign = take('+', '-')) {
      value = sign === '+' ? value + product() : value - product();
    }
    return value;
  };

  const value = sum();
  if (next < tokens.length) throw new Error(`“${tokens[next]}” was not expected.`);
  return value;
}
