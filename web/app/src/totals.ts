// Sums of amounts for a list on the screen: decimal text, exact. What may be spent is for the wallet to say.
const places = 7;

function unitsOf(text: string): bigint {
  const [whole = '', rest = ''] = text.replace('-', '').split('.');
  const units = BigInt(whole + rest.padEnd(places, '0').slice(0, places));
  return text.startsWith('-') ? -units : units;
}

function textOf(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0');
  const rest = digits.slice(-places).replace(/0+$/, '');
  return (units < 0n ? '-' : '') + digits.slice(0, -places) + (rest && `.${rest}`);
}

/** All of them together. */
export const sum = (amounts: string[]): string => textOf(amounts.reduce((all, one) => all + unitsOf(one), 0n));

/** What is left of the one without the other. */
export const less = (from: string, what: string): string => textOf(unitsOf(from) - unitsOf(what));
