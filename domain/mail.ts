const longestAddress = 254;
const longestLocalPart = 64;
const addressForm =
  /^[A-Za-z0-9_%+-]+(\.[A-Za-z0-9_%+-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/;

/**
 * Whether a text is one mail address and nothing else: letters, digits and `. _ % + -`, an `@`, and a domain with a dot.
 * Stricter than mail allows, so that nothing in it can end a header or a command. Rule D13.
 */
export function isMailAddress(text: string): boolean {
  return text.length <= longestAddress && text.indexOf('@') <= longestLocalPart && addressForm.test(text);
}

/**
 * A mail address as others see it: `w***@example.cn` (D5).
 * @param address for which `isMailAddress` holds
 */
export function maskedMailAddress(address: string): string {
  return `${address[0]}***${address.slice(address.indexOf('@'))}`;
}
