import QRCode from 'qrcode';
import { fontFor, newPdf, pdfBytes } from '../records/pdf.js';

/** What stands on a certificate. */
export interface CertificateText {
  readonly number: string;
  readonly name: string;
  /** The title in Chinese. */
  readonly rank: string;
  /** appointment, re_evaluation or roster */
  readonly origin: string;
  readonly issuer: string;
  readonly from: string;
  readonly until: string | null;
  /** The document that gave the title. */
  readonly document: string | null;
  /** Why and when it was last issued again, or nothing. */
  readonly reissue: string | null;
  /** Address of the public page that says its state, also as a QR code. */
  readonly address: string;
}

const paper = { width: 841.89, height: 595.28 };

/**
 * A certificate on one page of A4 across, with Chinese type. The same values make the same file. Rules C2, C7, C13.
 * @throws Refusal `CHARACTERS_NOT_PRINTABLE` when no font has a character of the name
 */
export function certificateFile(certificate: CertificateText): Promise<Buffer> {
  const { number, name, rank, origin, issuer, from, until, document: basis, reissue, address } = certificate;
  const page = newPdf({
    title: `${rank}证书 ${number}`,
    author: issuer,
    layout: 'landscape',
    margin: 0,
    madeAt: new Date(`${from}T00:00:00+08:00`),
  });
  page
    .rect(24, 24, paper.width - 48, paper.height - 48)
    .lineWidth(3)
    .stroke('#b8860b');
  page
    .rect(32, 32, paper.width - 64, paper.height - 64)
    .lineWidth(1)
    .stroke('#b8860b');
  const centred = (text: string, y: number) =>
    page.text(text, 60, y, { width: paper.width - 120, align: 'center', lineBreak: false });
  fontFor(page, '荣誉证书', 'bold').fontSize(44).fillColor('#8b0000');
  centred('荣 誉 证 书', 84);
  fontFor(page, name).fontSize(22).fillColor('#000').text(`${name} 同志：`, 110, 190, { lineBreak: false });
  const way = origin === 're_evaluation' ? '经重新评定，确认' : '经评选、培训并考核合格，授予';
  const body = `　　${way}“${rank}”称号，特发此证。`;
  fontFor(page, body)
    .fontSize(20)
    .text(body, 110, 240, { width: paper.width - 220, lineGap: 10 });
  const lines = [
    `证书编号：${number}`,
    `有效期：${inChinese(from)}至${until === null ? '长期' : inChinese(until)}`,
    ...(basis === null ? [] : [`授予文件：${basis}`]),
    ...(reissue === null ? [] : [`补发说明：${reissue}`]),
  ];
  page.fontSize(13);
  lines.forEach((line, index) => {
    fontFor(page, line).text(line, 110, 352 + index * 24, { lineBreak: false });
  });
  drawCode(page, address, 110, 452, 68);
  fontFor(page, issuer).fontSize(15);
  page.text(issuer, 400, 440, { width: 380, align: 'center', lineBreak: false });
  page.text(inChinese(from), 400, 468, { width: 380, align: 'center', lineBreak: false });
  fontFor(page, address)
    .fontSize(9)
    .fillColor('#333')
    .text(`查验：${address}`, 110, paper.height - 62, { lineBreak: false, link: address });
  return pdfBytes(page);
}

/**
 * Draws a QR code as vectors.
 * @param side its length in points, without the light margin that it needs around it
 */
function drawCode(page: PDFKit.PDFDocument, text: string, left: number, top: number, side: number): void {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' });
  const module = side / modules.size;
  for (let row = 0; row < modules.size; row++)
    for (let column = 0; column < modules.size; column++)
      if (modules.get(row, column)) page.rect(left + column * module, top + row * module, module, module);
  page.fill('#000');
}

function inChinese(date: string): string {
  const [year, month, day] = date.split('-').map(Number);
  return `${year}年${month}月${day}日`;
}
