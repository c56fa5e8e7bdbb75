import jsQR from 'jsqr';
import { inflateSync } from 'node:zlib';
import { certificateFile, type CertificateText } from '../../api/certificate-file.js';

// The types of the library are of an ES module, and it is none.
const readCode = jsQR as unknown as typeof jsQR.default;

const certificate: CertificateText = {
  number: 'sichuan-district-2028-accomplished-0007',
  name: '欧阳喆𠮷',
  rank: '区教坛能手',
  origin: 'appointment',
  issuer: '青岚区师资培训工作领导小组办公室',
  from: '2028-10-20',
  until: '2033-10-20',
  document: '青教〔2028〕31号',
  reissue: null,
  address: 'https://qinglan.example.cn/certificates/sichuan-district-2028-accomplished-0007',
};

test('C7: a certificate is one page that links to its public page, the same each time', async () => {
  const { name: _, ...rest } = certificate;
  const once = await certificateFile({ ...rest, name: '欧阳喆' });
  const text = once.toString('latin1');
  expect(text.startsWith('%PDF-1.7')).toBe(true);
  expect(text.match(/\/Type \/Page\b/g)).toHaveLength(1);
  expect(text).toContain(certificate.address);
  // A font of 10 MB must come as the few characters that are used.
  expect(once.length).toBeLessThan(100_000);
  expect(text).not.toBe((await certificateFile({ ...rest, name: '欧阳岚' })).toString('latin1'));
  expect((await certificateFile({ ...rest, name: '欧阳喆' })).equals(once)).toBe(true);
});

test('C7: its QR code leads to its public page', async () => {
  const file = await certificateFile({ ...certificate, name: '欧阳喆' });
  expect(decoded(file)).toBe(certificate.address);
});

/** Reads the QR code from the small squares that the page draws, each as so many pixels. */
function decoded(file: Buffer): string | undefined {
  const drawn = streamsOf(file).flatMap((text) => [
    ...text.matchAll(/^([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re$/gm),
  ]);
  const squares = drawn.map((match) => match.slice(1).map(Number)).filter(([, , width]) => width! < 10);
  const module = squares[0]![2]!;
  const left = Math.min(...squares.map(([x]) => x!));
  const top = Math.min(...squares.map(([, y]) => y!));
  const at = (value: number, from: number) => Math.round((value - from) / module);
  const margin = 4;
  const pixels = 4;
  const modules = Math.max(...squares.map(([x]) => at(x!, left))) + 1;
  const size = (modules + 2 * margin) * pixels;
  const bitmap = new Uint8ClampedArray(size * size * 4).fill(255);
  for (const [x, y] of squares)
    for (let down = 0; down < pixels; down++)
      for (let across = 0; across < pixels; across++) {
        const row = (at(y!, top) + margin) * pixels + down;
        const column = (at(x!, left) + margin) * pixels + across;
        bitmap.fill(0, (row * size + column) * 4, (row * size + column) * 4 + 3);
      }
  return readCode(bitmap, size, size)?.data;
}

function streamsOf(file: Buffer): string[] {
  const texts: string[] = [];
  for (let start = file.indexOf('stream\n'); start >= 0; start = file.indexOf('stream\n', start + 1)) {
    if (file.subarray(start - 3, start).toString() === 'end') continue;
    const bytes = file.subarray(start + 7, file.indexOf('\nendstream', start));
    try {
      texts.push(inflateSync(bytes).toString('latin1'));
    } catch {
      // Not every stream is packed; the page is.
    }
  }
  return texts;
}

test('no name loses a character: what no font has is refused', async () => {
  await expect(async () => certificateFile({ ...certificate, name: '欧\u{F0000}' })).rejects.toThrow(
    expect.objectContaining({ code: 'CHARACTERS_NOT_PRINTABLE', values: { characters: ['\u{F0000}'] } }),
  );
});
