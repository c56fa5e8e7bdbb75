/** The instance's secret, from the environment: it opens what is stored encrypted. */
export function instanceSecret(): string {
  const secret = process.env['QINGLAN_SECRET'];
  if (!secret) throw new Error('QINGLAN_SECRET is not set.');
  return secret;
}
